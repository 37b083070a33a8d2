import { flagSpecs } from './flag-spec.ts';

/** Flags that every command takes. */
export const globalFlags = flagSpecs(`
  as='' as-group:array=[] as-uid='' as-user-extra:array=[] cache-dir='/root/.kube/cache' certificate-authority=''
  client-certificate='' client-key='' cluster='' context='' disable-compression=false insecure-skip-tls-verify=false
  kubeconfig='' kuberc='' log-flush-frequency=5s match-server-version=false n/namespace='' password='' profile='none'
  profile-output='profile.pprof' request-timeout='0' s/server='' tls-server-name='' token='' user='' username='' v/v=0
  vmodule= warnings-as-errors=false
`);
