/** What Online Boutique's shop sells, for how much and in which currencies. */

export interface Product {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly priceUsd: number;
  readonly categories: readonly string[];
}

const product = (
  id: string,
  name: string,
  description: string,
  priceUsd: number,
  ...categories: string[]
): Product => ({ id, name, description, priceUsd, categories });

export const products: readonly Product[] = [
  product('OLJCESPC7Z', 'Sunglasses', 'Sleek aviators for a modern touch.', 19.99, 'accessories'),
  product('66VCHSJNUP', 'Tank Top', 'A cropped cotton tank with a scooped neckline.', 18.99, 'clothing', 'tops'),
  product('1YMWWN1N4O', 'Watch', 'Gold-tone and stainless steel: goes with most outfits.', 109.99, 'accessories'),
  product('L9ECAV7KIM', 'Loafers', 'A neat addition to a summer wardrobe.', 89.99, 'footwear'),
  product('2ZYFJ3GM2N', 'Hairdryer', 'Light, with three heat and speed settings.', 24.99, 'hair', 'beauty'),
  product('0PUK6V6EV0', 'Candle Holder', 'Small but intricate: a gift that pleases.', 18.99, 'decor', 'home'),
  product('LS4PSXUNUM', 'Salt & Pepper Shakers', 'Adds flavour to a kitchen.', 18.49, 'kitchen'),
  product('9SIQT8TOJO', 'Bamboo Glass Jar', 'Holds 1.7 l, with a bamboo lid.', 5.49, 'kitchen'),
  product('6E92ZMYYFZ', 'Mug', 'A plain mug with a mustard interior.', 8.99, 'kitchen'),
];

/** Units of a currency for one euro. */
export const ratesPerEuro: Readonly<Record<string, number>> = {
  EUR: 1,
  USD: 1.1305,
  JPY: 126.4,
  GBP: 0.8597,
  TRY: 6.1247,
  CAD: 1.5128,
  CHF: 1.136,
  INR: 79.432,
};

/** What an ad says, by category. */
export const ads: Readonly<Record<string, { readonly productId: string; readonly text: string }>> = {
  accessories: { productId: '1YMWWN1N4O', text: 'Watch for sale. Buy one, get second kit for free' },
  clothing: { productId: '66VCHSJNUP', text: 'Tank top for sale. 20% off.' },
  footwear: { productId: 'L9ECAV7KIM', text: 'Loafers for sale. Buy one, get second one for free' },
  hair: { productId: '2ZYFJ3GM2N', text: 'Hairdryer for sale. 50% off.' },
  decor: { productId: '0PUK6V6EV0', text: 'Candle holder for sale. 30% off.' },
  kitchen: { productId: '9SIQT8TOJO', text: 'Bamboo glass jar for sale. 10% off.' },
};
