// What programs of client-go do, against the cluster of KUBECONFIG. Prints `ok NAME` or `FAIL NAME: why` for each.
package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"sync"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/wait"
	corev1apply "k8s.io/client-go/applyconfigurations/core/v1"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/dynamic/dynamicinformer"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/metadata"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/cache"
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/client-go/tools/leaderelection"
	"k8s.io/client-go/tools/leaderelection/resourcelock"
	"k8s.io/client-go/tools/portforward"
	"k8s.io/client-go/tools/remotecommand"
	"k8s.io/client-go/transport/spdy"
	"k8s.io/client-go/util/retry"
	"k8s.io/client-go/util/workqueue"
)

var (
	ctx       = context.Background()
	config    *rest.Config
	client    *kubernetes.Clientset
	namespace = fmt.Sprintf("go-%d", os.Getpid())
	failed    = false
)

func check(name string, action func() error) {
	done := make(chan error, 1)
	go func() { done <- action() }()
	select {
	case err := <-done:
		if err == nil {
			fmt.Println("ok", name)
			return
		}
		fmt.Printf("FAIL %s: %v\n", name, err)
	case <-time.After(90 * time.Second):
		fmt.Printf("FAIL %s: took too long\n", name)
	}
	failed = true
}

func until(condition func() bool) error {
	return wait.PollUntilContextTimeout(ctx, 20*time.Millisecond, time.Minute, true, func(context.Context) (bool, error) {
		return condition(), nil
	})
}

func must(err error) {
	if err != nil {
		fmt.Println("FAIL start:", err)
		os.Exit(1)
	}
}

func main() {
	var err error
	config, err = clientcmd.BuildConfigFromFlags("", os.Getenv("KUBECONFIG"))
	must(err)
	config.QPS, config.Burst = 1000, 1000
	client, err = kubernetes.NewForConfig(config)
	must(err)
	_, err = client.CoreV1().Namespaces().Create(ctx, &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: namespace}}, metav1.CreateOptions{})
	must(err)
	check("create, update with retries, patch, delete", writes)
	check("the same in protobuf", protobufWrites)
	check("server-side apply, and its conflict", apply)
	check("informers of many kinds", manyInformers)
	check("an informer hears of everything, in order", informer)
	check("a controller loop", controllerLoop)
	check("leader election hands over", leaderElection)
	check("dynamic and metadata clients", dynamicClients)
	check("discovery", discovery)
	check("500 watches and 100 writers at once", crowd)
	check("pods become ready", podsReady)
	for _, kind := range []string{"websocket", "spdy"} {
		check("exec over "+kind, func() error { return exec(kind) })
		check("exec with input over "+kind, func() error { return execInput(kind) })
		check("port-forward over "+kind, func() error { return forward(kind) })
	}
	check("logs followed", logs)
	check("deletion of a running pod", deletion)
	check("delete the namespace", func() error {
		if err := client.CoreV1().Namespaces().Delete(ctx, namespace, metav1.DeleteOptions{}); err != nil {
			return err
		}
		return until(func() bool {
			_, err := client.CoreV1().Namespaces().Get(ctx, namespace, metav1.GetOptions{})
			return apierrors.IsNotFound(err)
		})
	})
	if failed {
		os.Exit(1)
	}
}

func configMap(name string, data map[string]string) *corev1.ConfigMap {
	return &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: name}, Data: data}
}

func writes() error { return writesWith(client) }

func writesWith(client *kubernetes.Clientset) error {
	maps := client.CoreV1().ConfigMaps(namespace)
	if _, err := maps.Create(ctx, configMap("counter", map[string]string{"n": ""}), metav1.CreateOptions{}); err != nil {
		return err
	}
	var group sync.WaitGroup
	problems := make(chan error, 10)
	for range 10 {
		group.Add(1)
		go func() {
			defer group.Done()
			backoff := wait.Backoff{Steps: 50, Duration: time.Millisecond, Factor: 1.2, Jitter: 1}
			problems <- retry.RetryOnConflict(backoff, func() error {
				current, err := maps.Get(ctx, "counter", metav1.GetOptions{})
				if err != nil {
					return err
				}
				current.Data["n"] += "x"
				_, err = maps.Update(ctx, current, metav1.UpdateOptions{})
				return err
			})
		}()
	}
	group.Wait()
	close(problems)
	for err := range problems {
		if err != nil {
			return err
		}
	}
	patched, err := maps.Patch(ctx, "counter", types.StrategicMergePatchType, []byte(`{"data":{"m":"y"}}`), metav1.PatchOptions{})
	if err != nil {
		return err
	}
	if patched.Data["n"] != "xxxxxxxxxx" || patched.Data["m"] != "y" {
		return fmt.Errorf("lost updates: %v", patched.Data)
	}
	if err := maps.Delete(ctx, "counter", metav1.DeleteOptions{}); err != nil {
		return err
	}
	if _, err := maps.Get(ctx, "counter", metav1.GetOptions{}); !apierrors.IsNotFound(err) {
		return fmt.Errorf("still there: %v", err)
	}
	return nil
}

func protobufWrites() error {
	asProtobuf := rest.CopyConfig(config)
	asProtobuf.ContentType = "application/vnd.kubernetes.protobuf"
	asProtobuf.AcceptContentTypes = "application/vnd.kubernetes.protobuf,application/json"
	client, err := kubernetes.NewForConfig(asProtobuf)
	if err != nil {
		return err
	}
	if err := writesWith(client); err != nil {
		return err
	}
	replicas := int32(0)
	labels := map[string]string{"app": "protobuf"}
	made, err := client.AppsV1().Deployments(namespace).Create(ctx, &appsv1.Deployment{
		ObjectMeta: metav1.ObjectMeta{Name: "protobuf"},
		Spec: appsv1.DeploymentSpec{Replicas: &replicas, Selector: &metav1.LabelSelector{MatchLabels: labels}, Template: corev1.PodTemplateSpec{
			ObjectMeta: metav1.ObjectMeta{Labels: labels}, Spec: corev1.PodSpec{Containers: []corev1.Container{{Name: "c", Image: "nginx"}}}}},
	}, metav1.CreateOptions{})
	if err != nil {
		return err
	}
	if *made.Spec.Replicas != 0 || made.Spec.Template.Spec.Containers[0].Image != "nginx" {
		return fmt.Errorf("came back otherwise: %v", made.Spec)
	}
	list, err := client.AppsV1().Deployments(namespace).List(ctx, metav1.ListOptions{})
	if err == nil && len(list.Items) != 1 {
		err = fmt.Errorf("%d deployments", len(list.Items))
	}
	return err
}

func apply() error {
	maps := client.CoreV1().ConfigMaps(namespace)
	one := corev1apply.ConfigMap("applied", namespace).WithData(map[string]string{"key": "one"})
	if _, err := maps.Apply(ctx, one, metav1.ApplyOptions{FieldManager: "first"}); err != nil {
		return err
	}
	two := corev1apply.ConfigMap("applied", namespace).WithData(map[string]string{"key": "two"})
	if _, err := maps.Apply(ctx, two, metav1.ApplyOptions{FieldManager: "second"}); !apierrors.IsConflict(err) {
		return fmt.Errorf("no conflict: %v", err)
	}
	applied, err := maps.Apply(ctx, two, metav1.ApplyOptions{FieldManager: "second", Force: true})
	if err == nil && applied.Data["key"] != "two" {
		err = fmt.Errorf("not applied: %v", applied.Data)
	}
	return err
}

func manyInformers() error {
	stop, cancel := context.WithCancel(ctx)
	defer cancel()
	factory := informers.NewSharedInformerFactory(client, 0)
	factory.Core().V1().Pods().Informer()
	factory.Core().V1().Nodes().Informer()
	factory.Core().V1().Secrets().Informer()
	factory.Apps().V1().ReplicaSets().Informer()
	factory.Batch().V1().Jobs().Informer()
	factory.Discovery().V1().EndpointSlices().Informer()
	factory.Rbac().V1().ClusterRoles().Informer()
	factory.Start(stop.Done())
	for kind, synced := range factory.WaitForCacheSync(stop.Done()) {
		if !synced {
			return fmt.Errorf("%v did not sync", kind)
		}
	}
	return nil
}

func informer() error {
	stop, cancel := context.WithCancel(ctx)
	defer cancel()
	factory := informers.NewSharedInformerFactoryWithOptions(client, 0, informers.WithNamespace(namespace))
	maps := factory.Core().V1().ConfigMaps()
	var lock sync.Mutex
	heard := map[string]int{}
	note := func(kind string) {
		lock.Lock()
		defer lock.Unlock()
		heard[kind]++
	}
	_, err := maps.Informer().AddEventHandler(cache.ResourceEventHandlerFuncs{
		AddFunc:    func(object any) { noteIf(object, func() { note("add") }) },
		UpdateFunc: func(_, object any) { noteIf(object, func() { note("update") }) },
		DeleteFunc: func(object any) { noteIf(object, func() { note("delete") }) },
	})
	if err != nil {
		return err
	}
	factory.Start(stop.Done())
	factory.WaitForCacheSync(stop.Done())
	const count = 200
	for i := range count {
		name := fmt.Sprintf("heard-%d", i)
		made, err := client.CoreV1().ConfigMaps(namespace).Create(ctx, configMap(name, nil), metav1.CreateOptions{})
		if err != nil {
			return err
		}
		made.Data = map[string]string{"i": name}
		if _, err := client.CoreV1().ConfigMaps(namespace).Update(ctx, made, metav1.UpdateOptions{}); err != nil {
			return err
		}
	}
	if err := client.CoreV1().ConfigMaps(namespace).DeleteCollection(ctx, metav1.DeleteOptions{}, metav1.ListOptions{}); err != nil {
		return err
	}
	err = until(func() bool { lock.Lock(); defer lock.Unlock(); return heard["delete"] == count })
	if err != nil || heard["add"] != count || heard["update"] != count {
		return fmt.Errorf("heard %v: %v", heard, err)
	}
	return nil
}

func noteIf(object any, action func()) {
	if deleted, ok := object.(cache.DeletedFinalStateUnknown); ok {
		object = deleted.Obj
	}
	if strings.HasPrefix(object.(*corev1.ConfigMap).Name, "heard-") {
		action()
	}
}

// Every config map with a wish gets a secret of the same name.
func controllerLoop() error {
	stop, cancel := context.WithCancel(ctx)
	defer cancel()
	factory := informers.NewSharedInformerFactoryWithOptions(client, 0, informers.WithNamespace(namespace))
	maps, secrets := factory.Core().V1().ConfigMaps(), factory.Core().V1().Secrets()
	queue := workqueue.NewTypedRateLimitingQueue(workqueue.DefaultTypedControllerRateLimiter[string]())
	defer queue.ShutDown()
	enqueue := func(object any) {
		if key, err := cache.DeletionHandlingMetaNamespaceKeyFunc(object); err == nil {
			queue.Add(key)
		}
	}
	handler := cache.ResourceEventHandlerFuncs{AddFunc: enqueue, UpdateFunc: func(_, object any) { enqueue(object) }, DeleteFunc: enqueue}
	maps.Informer().AddEventHandler(handler)
	secrets.Informer().AddEventHandler(handler)
	factory.Start(stop.Done())
	factory.WaitForCacheSync(stop.Done())
	reconcile := func(key string) error {
		_, name, _ := cache.SplitMetaNamespaceKey(key)
		wish, err := maps.Lister().ConfigMaps(namespace).Get(name)
		if apierrors.IsNotFound(err) || (err == nil && wish.Data["wish"] == "") {
			return nil
		}
		if err != nil {
			return err
		}
		if _, err := secrets.Lister().Secrets(namespace).Get(name); !apierrors.IsNotFound(err) {
			return err
		}
		owner := *metav1.NewControllerRef(wish, corev1.SchemeGroupVersion.WithKind("ConfigMap"))
		_, err = client.CoreV1().Secrets(namespace).Create(ctx, &corev1.Secret{
			ObjectMeta: metav1.ObjectMeta{Name: name, OwnerReferences: []metav1.OwnerReference{owner}},
			StringData: map[string]string{"wish": wish.Data["wish"]},
		}, metav1.CreateOptions{})
		if apierrors.IsAlreadyExists(err) {
			return nil
		}
		return err
	}
	go func() {
		for {
			key, quit := queue.Get()
			if quit {
				return
			}
			if err := reconcile(key); err != nil {
				queue.AddRateLimited(key)
			} else {
				queue.Forget(key)
			}
			queue.Done(key)
		}
	}()
	for i := range 20 {
		if _, err := client.CoreV1().ConfigMaps(namespace).Create(ctx, configMap(fmt.Sprintf("wish-%d", i), map[string]string{"wish": "y"}), metav1.CreateOptions{}); err != nil {
			return err
		}
	}
	count := func() int {
		list, err := client.CoreV1().Secrets(namespace).List(ctx, metav1.ListOptions{})
		if err != nil {
			return -1
		}
		return len(list.Items)
	}
	if err := until(func() bool { return count() == 20 }); err != nil {
		return fmt.Errorf("%d secrets: %v", count(), err)
	}
	// A secret that is deleted is made again; those whose owner is gone are collected.
	if err := client.CoreV1().Secrets(namespace).Delete(ctx, "wish-3", metav1.DeleteOptions{}); err != nil {
		return err
	}
	if err := until(func() bool { return count() == 20 }); err != nil {
		return err
	}
	if err := client.CoreV1().ConfigMaps(namespace).DeleteCollection(ctx, metav1.DeleteOptions{}, metav1.ListOptions{}); err != nil {
		return err
	}
	return until(func() bool { return count() == 0 })
}

func leaderElection() error {
	var lock sync.Mutex
	var leaders []string
	campaign := func(name string) context.CancelFunc {
		run, cancel := context.WithCancel(ctx)
		go leaderelection.RunOrDie(run, leaderelection.LeaderElectionConfig{
			Lock: &resourcelock.LeaseLock{
				LeaseMeta:  metav1.ObjectMeta{Name: "leader", Namespace: namespace},
				Client:     client.CoordinationV1(),
				LockConfig: resourcelock.ResourceLockConfig{Identity: name},
			},
			ReleaseOnCancel: true,
			LeaseDuration:   3 * time.Second,
			RenewDeadline:   2 * time.Second,
			RetryPeriod:     200 * time.Millisecond,
			Callbacks: leaderelection.LeaderCallbacks{
				OnStartedLeading: func(context.Context) { lock.Lock(); defer lock.Unlock(); leaders = append(leaders, name) },
				OnStoppedLeading: func() {},
			},
		})
		return cancel
	}
	led := func(count int) func() bool {
		return func() bool { lock.Lock(); defer lock.Unlock(); return len(leaders) >= count }
	}
	stopFirst := campaign("first")
	if err := until(led(1)); err != nil {
		return err
	}
	stopSecond := campaign("second")
	defer stopSecond()
	time.Sleep(500 * time.Millisecond)
	stopFirst()
	if err := until(led(2)); err != nil {
		return err
	}
	if strings.Join(leaders, " ") != "first second" {
		return fmt.Errorf("leaders were %v", leaders)
	}
	return nil
}

func dynamicClients() error {
	anything, err := dynamic.NewForConfig(config)
	if err != nil {
		return err
	}
	maps := schema.GroupVersionResource{Version: "v1", Resource: "configmaps"}
	object := &unstructured.Unstructured{Object: map[string]any{"apiVersion": "v1", "kind": "ConfigMap", "metadata": map[string]any{"name": "dynamic"}}}
	if _, err := anything.Resource(maps).Namespace(namespace).Create(ctx, object, metav1.CreateOptions{}); err != nil {
		return err
	}
	stop, cancel := context.WithCancel(ctx)
	defer cancel()
	factory := dynamicinformer.NewFilteredDynamicSharedInformerFactory(anything, 0, namespace, nil)
	watched := factory.ForResource(maps)
	watched.Informer()
	factory.Start(stop.Done())
	factory.WaitForCacheSync(stop.Done())
	if _, err := watched.Lister().ByNamespace(namespace).Get("dynamic"); err != nil {
		return err
	}
	only, err := metadata.NewForConfig(config)
	if err != nil {
		return err
	}
	list, err := only.Resource(maps).Namespace(namespace).List(ctx, metav1.ListOptions{})
	if err == nil && len(list.Items) == 0 {
		err = errors.New("no metadata")
	}
	return err
}

func discovery() error {
	version, err := client.Discovery().ServerVersion()
	if err != nil {
		return err
	}
	if version.GitVersion != "v1.36.3" {
		return fmt.Errorf("version %s", version.GitVersion)
	}
	_, resources, err := client.Discovery().ServerGroupsAndResources()
	if err == nil && len(resources) < 20 {
		err = fmt.Errorf("%d group versions", len(resources))
	}
	if err != nil {
		return err
	}
	document, err := client.Discovery().OpenAPISchema()
	if err == nil && len(document.Definitions.AdditionalProperties) < 300 {
		err = fmt.Errorf("%d definitions", len(document.Definitions.AdditionalProperties))
	}
	return err
}

func crowd() error {
	const watchers, writers, each = 500, 100, 5
	run, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	var ready, heard sync.WaitGroup
	problems := make(chan error, watchers+writers)
	for range watchers {
		ready.Add(1)
		heard.Add(1)
		go func() {
			defer heard.Done()
			watching, err := client.CoreV1().ConfigMaps(namespace).Watch(run, metav1.ListOptions{LabelSelector: "crowd"})
			ready.Done()
			if err != nil {
				problems <- err
				return
			}
			defer watching.Stop()
			for count := 0; count < writers*each; count++ {
				select {
				case event, open := <-watching.ResultChan():
					if !open || event.Type != "ADDED" {
						problems <- fmt.Errorf("a watch ended after %d events: %v", count, event.Type)
						return
					}
				case <-run.Done():
					problems <- fmt.Errorf("a watch heard %d events", count)
					return
				}
			}
		}()
	}
	ready.Wait()
	started := time.Now()
	var written sync.WaitGroup
	for writer := range writers {
		written.Add(1)
		go func() {
			defer written.Done()
			for i := range each {
				object := configMap(fmt.Sprintf("crowd-%d-%d", writer, i), map[string]string{"k": strings.Repeat("v", 500)})
				object.Labels = map[string]string{"crowd": ""}
				if _, err := client.CoreV1().ConfigMaps(namespace).Create(run, object, metav1.CreateOptions{}); err != nil {
					problems <- err
					return
				}
			}
		}()
	}
	written.Wait()
	wrote := time.Since(started)
	heard.Wait()
	fmt.Printf("   %d writes took %v, %d events %v\n", writers*each, wrote.Round(time.Millisecond), watchers*writers*each, time.Since(started).Round(time.Millisecond))
	select {
	case err := <-problems:
		return err
	default:
		return nil
	}
}

func pod(name, image string, command ...string) *corev1.Pod {
	grace := int64(0)
	return &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Name: name}, Spec: corev1.PodSpec{
		TerminationGracePeriodSeconds: &grace,
		Containers:                    []corev1.Container{{Name: "main", Image: image, Command: command}},
	}}
}

func podsReady() error {
	for _, one := range []*corev1.Pod{pod("web", "nginx"), pod("box", "busybox", "sh", "-c", "while true; do echo tick; sleep 1; done")} {
		if _, err := client.CoreV1().Pods(namespace).Create(ctx, one, metav1.CreateOptions{}); err != nil {
			return err
		}
	}
	return until(func() bool {
		list, err := client.CoreV1().Pods(namespace).List(ctx, metav1.ListOptions{FieldSelector: "status.phase=Running"})
		return err == nil && len(list.Items) == 2
	})
}

func executor(kind string, options *corev1.PodExecOptions) (remotecommand.Executor, error) {
	request := client.CoreV1().RESTClient().Post().Resource("pods").Namespace(namespace).Name("box").SubResource("exec").VersionedParams(options, scheme.ParameterCodec)
	if kind == "spdy" {
		return remotecommand.NewSPDYExecutor(config, "POST", request.URL())
	}
	return remotecommand.NewWebSocketExecutor(config, "GET", request.URL().String())
}

func exec(kind string) error {
	run, err := executor(kind, &corev1.PodExecOptions{Command: []string{"sh", "-c", "echo out; echo err >&2; exit 7"}, Stdout: true, Stderr: true})
	if err != nil {
		return err
	}
	var out, errOut bytes.Buffer
	err = run.StreamWithContext(ctx, remotecommand.StreamOptions{Stdout: &out, Stderr: &errOut})
	var exit interface{ ExitStatus() int }
	if !errors.As(err, &exit) || exit.ExitStatus() != 7 || out.String() != "out\n" || errOut.String() != "err\n" {
		return fmt.Errorf("%v %q %q", err, out.String(), errOut.String())
	}
	return nil
}

func execInput(kind string) error {
	run, err := executor(kind, &corev1.PodExecOptions{Command: []string{"cat"}, Stdin: true, Stdout: true})
	if err != nil {
		return err
	}
	text := strings.Repeat("all work and no play\n", 20_000)
	var out bytes.Buffer
	err = run.StreamWithContext(ctx, remotecommand.StreamOptions{Stdin: strings.NewReader(text), Stdout: &out})
	if err == nil && out.String() != text {
		err = fmt.Errorf("%d bytes came back of %d", out.Len(), len(text))
	}
	return err
}

func forward(kind string) error {
	address := client.CoreV1().RESTClient().Post().Resource("pods").Namespace(namespace).Name("web").SubResource("portforward").URL()
	transport, upgrader, err := spdy.RoundTripperFor(config)
	if err != nil {
		return err
	}
	dialer := spdy.NewDialer(upgrader, &http.Client{Transport: transport}, "POST", address)
	if kind == "websocket" {
		if dialer, err = portforward.NewSPDYOverWebsocketDialer(address, config); err != nil {
			return err
		}
	}
	stop, ready := make(chan struct{}), make(chan struct{})
	defer close(stop)
	forwarder, err := portforward.New(dialer, []string{"0:80"}, stop, ready, io.Discard, io.Discard)
	if err != nil {
		return err
	}
	ended := make(chan error, 1)
	go func() { ended <- forwarder.ForwardPorts() }()
	select {
	case <-ready:
	case err := <-ended:
		return err
	}
	ports, err := forwarder.GetPorts()
	if err != nil {
		return err
	}
	var group sync.WaitGroup
	problems := make(chan error, 20)
	for range 20 {
		group.Add(1)
		go func() {
			defer group.Done()
			answer, err := http.Get(fmt.Sprintf("http://127.0.0.1:%d/", ports[0].Local))
			if err != nil {
				problems <- err
				return
			}
			defer answer.Body.Close()
			if body, _ := io.ReadAll(answer.Body); !bytes.Contains(body, []byte("Welcome to nginx!")) {
				problems <- fmt.Errorf("not the page: %q", body)
			}
		}()
	}
	group.Wait()
	select {
	case err := <-problems:
		return err
	default:
		return nil
	}
}

func logs() error {
	run, cancel := context.WithCancel(ctx)
	defer cancel()
	stream, err := client.CoreV1().Pods(namespace).GetLogs("box", &corev1.PodLogOptions{Follow: true}).Stream(run)
	if err != nil {
		return err
	}
	defer stream.Close()
	buffer := make([]byte, 15)
	if _, err := io.ReadFull(stream, buffer); err != nil {
		return err
	}
	if string(buffer) != "tick\ntick\ntick\n" {
		return fmt.Errorf("%q", buffer)
	}
	return nil
}

func deletion() error {
	if err := client.CoreV1().Pods(namespace).Delete(ctx, "box", metav1.DeleteOptions{}); err != nil {
		return err
	}
	return until(func() bool {
		_, err := client.CoreV1().Pods(namespace).Get(ctx, "box", metav1.GetOptions{})
		return apierrors.IsNotFound(err)
	})
}
