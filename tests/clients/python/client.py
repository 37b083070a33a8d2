"""What programs of the official Python client do, against the cluster of KUBECONFIG. Prints `ok NAME` or `FAIL NAME: why` for each."""
import os
import sys
import threading
import time
import traceback

from kubernetes import client, config, dynamic, utils, watch
from kubernetes.stream import portforward, stream

config.load_kube_config()
core = client.CoreV1Api()
apps = client.AppsV1Api()
namespace = f"python-{os.getpid()}"
failed = []


def check(name):
    def run(action):
        try:
            action()
            print(f"ok {name}", flush=True)
        except Exception:
            failed.append(name)
            print(f"FAIL {name}: {traceback.format_exc()}", flush=True)
    return run


def until(what, condition, seconds=60):
    deadline = time.time() + seconds
    while time.time() < deadline:
        if condition():
            return
        time.sleep(0.05)
    raise AssertionError(f"{what} did not come true")


core.create_namespace({"metadata": {"name": namespace}})


@check("create, read, patch, delete")
def _():
    core.create_namespaced_config_map(namespace, {"metadata": {"name": "one"}, "data": {"a": "1"}})
    core.patch_namespaced_config_map("one", namespace, {"data": {"b": "2"}})
    assert core.read_namespaced_config_map("one", namespace).data == {"a": "1", "b": "2"}
    core.delete_namespaced_config_map("one", namespace)


@check("errors carry a Status")
def _():
    try:
        core.read_namespaced_config_map("missing", namespace)
    except client.ApiException as error:
        assert error.status == 404 and 'configmaps \\"missing\\" not found' in error.body, error.body
        return
    raise AssertionError("no error")


@check("watch")
def _():
    kinds = []
    def change():
        time.sleep(0.2)
        core.create_namespaced_config_map(namespace, {"metadata": {"name": "watched"}})
        core.delete_namespaced_config_map("watched", namespace)
    thread = threading.Thread(target=change)
    thread.start()
    watcher = watch.Watch()
    for event in watcher.stream(core.list_namespaced_config_map, namespace, timeout_seconds=60):
        if event["object"].metadata.name == "watched":
            kinds.append(event["type"])
        if event["type"] == "DELETED":
            watcher.stop()
    thread.join()
    assert kinds == ["ADDED", "DELETED"], kinds


@check("server-side apply with the dynamic client")
def _():
    resource = dynamic.DynamicClient(client.ApiClient()).resources.get(api_version="v1", kind="ConfigMap")
    body = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "applied"}, "data": {"key": "value"}}
    applied = resource.server_side_apply(body=body, name="applied", namespace=namespace, field_manager="tests")
    assert applied.metadata.managedFields[0].operation == "Apply"


@check("objects of a file")
def _():
    labels = {"app": "shop"}
    template = {"metadata": {"labels": labels}, "spec": {"containers": [{"name": "c", "image": "nginx"}]}}
    deployment = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "shop"},
                  "spec": {"replicas": 2, "selector": {"matchLabels": labels}, "template": template}}
    utils.create_from_dict(client.ApiClient(), deployment, namespace=namespace)
    until("two ready", lambda: apps.read_namespaced_deployment("shop", namespace).status.ready_replicas == 2)


@check("pods become ready")
def _():
    loop = ["sh", "-c", "echo started; while true; do sleep 1; done"]
    core.create_namespaced_pod(namespace, {"metadata": {"name": "box"}, "spec": {
        "terminationGracePeriodSeconds": 0, "containers": [{"name": "main", "image": "busybox", "command": loop}]}})
    until("running", lambda: core.read_namespaced_pod("box", namespace).status.phase == "Running")


@check("exec")
def _():
    command = ["sh", "-c", "read line; echo got $line; echo err >&2; exit 7"]
    streams = stream(core.connect_get_namespaced_pod_exec, "box", namespace, command=command, stderr=True, stdin=True,
                     stdout=True, tty=False, _preload_content=False)
    streams.write_stdin("hello\n")
    streams.run_forever(timeout=20)
    out, err = streams.read_stdout(), streams.read_stderr()
    assert (out, err, streams.returncode) == ("got hello\n", "err\n", 7), (out, err, streams.returncode)


@check("logs, whole and followed")
def _():
    assert core.read_namespaced_pod_log("box", namespace) == "started\n"
    for line in watch.Watch().stream(core.read_namespaced_pod_log, "box", namespace):
        assert line == "started", line
        break


@check("port-forward")
def _():
    pod = core.list_namespaced_pod(namespace, label_selector="app=shop").items[0].metadata.name
    forward = portforward(core.connect_get_namespaced_pod_portforward, pod, namespace, ports="80")
    socket = forward.socket(80)
    socket.setblocking(True)
    socket.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
    answer = b""
    while True:
        piece = socket.recv(4096)
        if not piece:
            break
        answer += piece
    assert b"Welcome to nginx!" in answer, answer
    assert forward.error(80) is None, forward.error(80)


@check("delete the namespace")
def _():
    core.delete_namespace(namespace)
    def gone():
        try:
            core.read_namespace(namespace)
            return False
        except client.ApiException as error:
            return error.status == 404
    until("gone", gone, 90)


sys.exit(1 if failed else 0)
