/** What a pod asks for in all: quotas count the same. */
export { podLimits, podRequests, type ResourceList } from '../../../quota/pod-resources.ts';
