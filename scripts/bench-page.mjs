// Measures how long the page's main thread is taken at once while 1,000 pods come up, are rolled out anew and are looked at.
// usage: npm run bench:page [-- --no-build] [--dir DIR] [--pods N] [--tasks N] [--functions] [--trace FILE]
// For each phase: the longest tasks by the clock, and the longest by CPU time of the thread, which other work on the machine does
// not stretch; `--tasks` tells for the longest of them what they spent it on, `--functions` samples the functions too (which costs).
import { writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { newCluster, openBuiltPage, typeCommand } from './built-page.mjs';
import { describeTask, mainThreadTasks } from './main-thread-tasks.mjs';

const option = (name, otherwise) => {
  const at = process.argv.indexOf(`--${name}`);
  return at > 0 ? process.argv[at + 1] : otherwise;
};
const pods = Number(option('pods', 1000));
const explained = Number(option('tasks', 0));
const traceFile = option('trace');
const { url, browser, close } = await openBuiltPage();
const page = await browser.newPage({ viewport: { width: 1280, height: 720 } });
page.on('console', (message) => message.type() === 'error' && console.error(message.text()));
await page.goto(url);
await page.getByText('4/4 nodes ready').waitFor({ timeout: 60_000 });
await newCluster(page, 20);
await typeCommand(page, 'echo ready');

const categories = ['toplevel', 'devtools.timeline', 'disabled-by-default-devtools.timeline', 'v8'];
if (process.argv.includes('--functions')) categories.push('disabled-by-default-v8.cpu_profiler');
console.log('| phase | tasks over 50 ms | longest, ms | longest by CPU, ms | load |\n|---|---|---|---|---|');

/** Runs a phase under trace and prints its row. */
async function phase(name, run) {
  await browser.startTracing(page, { categories });
  await run();
  const trace = JSON.parse(String(await browser.stopTracing()));
  if (traceFile) writeFileSync(`${traceFile}.${name.replaceAll(/\W+/g, '-')}.json`, JSON.stringify(trace));
  const tasks = mainThreadTasks(trace.traceEvents);
  const top = (key) =>
    tasks
      .map((task) => task[key])
      .sort((a, b) => b - a)
      .slice(0, 5)
      .map((ms) => ms.toFixed(0))
      .join(' ');
  const long = tasks.filter((task) => task.wallMs > 50).length;
  console.log(`| ${name} | ${long} | ${top('wallMs')} | ${top('cpuMs')} | ${loadavg()[0].toFixed(1)} |`);
  for (const task of tasks.sort((a, b) => b.cpuMs - a.cpuMs).slice(0, explained))
    console.log(describeTask(task, trace.traceEvents));
}

const running = new RegExp(`${Math.floor(pods / 100)}\\d\\d pods running`);
await phase('coming up', async () => {
  await typeCommand(page, `kubectl create deployment big --image=registry.k8s.io/pause:3.10 --replicas=${pods}`);
  await page.getByLabel('Speed').selectOption('10');
  await page.getByText(running).waitFor({ timeout: 300_000 });
  await page.waitForTimeout(3000);
});
await phase('rollout', async () => {
  await typeCommand(page, 'kubectl rollout restart deployment big; kubectl rollout status deployment big');
  await page.getByText('successfully rolled out').last().waitFor({ timeout: 300_000 });
  await page.waitForTimeout(2000);
});
for (const lens of ['Ownership', 'Network', 'Storage', 'Namespaces', 'Cluster'])
  await phase(`lens ${lens}`, async () => {
    await page.getByRole('radio', { name: lens }).click();
    await page.waitForTimeout(1500);
  });
const commands = ['kubectl get pods -o wide', 'kubectl get pods -o yaml | wc -l', 'kubectl describe pods | wc -l'];
for (const [index, command] of commands.entries())
  await phase(command, async () => {
    await typeCommand(page, `${command}; echo done $((${index} + 100))`);
    await page
      .getByText(`done ${index + 100}`, { exact: true })
      .last()
      .waitFor({ timeout: 300_000 });
  });
await phase('rollout, as a list with the events beside it', async () => {
  await page.getByRole('button', { name: 'List view' }).click();
  await typeCommand(page, 'kubectl rollout restart deployment big');
  await page.getByRole('tab', { name: 'Events' }).first().click();
  await page.waitForTimeout(15_000);
});
await phase('opened again', async () => {
  await page.reload();
  await page.getByText(running).waitFor({ timeout: 300_000 });
  await page.waitForTimeout(2000);
});
await close();
