// SPDX-License-Identifier: Apache-2.0

package install

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"tamizdat/internal/tornet"
)

// asNetwork makes the test binary run the private Tor network, inside the network
// namespace that it was started in.
const asNetwork = "TAMIZDAT_TEST_TOR_NETWORK"

// ownMounts says that this process has mounts of its own, so that the machines'
// file systems and networks are gone with it, however it ends.
const ownMounts = "TAMIZDAT_TEST_OWN_MOUNTS"

func TestMain(m *testing.M) {
	if os.Getuid() == 0 && os.Getenv(ownMounts) == "" {
		again := exec.Command("unshare", append([]string{"--mount", "--propagation", "private", "--", os.Args[0]}, os.Args[1:]...)...)
		again.Env = append(os.Environ(), ownMounts+"=1")
		again.Stdin, again.Stdout, again.Stderr = os.Stdin, os.Stdout, os.Stderr
		again.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGTERM}
		runtime.LockOSThread() // its end would be taken for this process's
		if err := again.Run(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	if dir := os.Getenv(asNetwork); dir != "" {
		if err := runNetwork(dir); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// torAddress is where the private network listens, in a network of ours.
const torAddress = "10.77.0.1"

// runNetwork prints what a tor has to be told to belong to the network, then a
// line with nothing on it, and lives until its input ends.
func runNetwork(dir string) error {
	runtime.LockOSThread() // the network ends with the thread that started it
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer stop()
	n, err := tornet.Start(ctx, dir, tornet.Options{
		Address: torAddress, Progress: func(s string) { fmt.Fprintln(os.Stderr, s) },
	})
	if err != nil {
		return err
	}
	fmt.Printf("%s\n\n", strings.TrimSpace(n.ClientConfig()))
	_, err = io.Copy(io.Discard, os.Stdin)
	if closed := n.Close(); err == nil {
		err = closed
	}
	return err
}

// network is a switch in a namespace of its own, to which machines are plugged,
// and the private Tor network on it. Nothing leads out of it.
type network struct {
	t      *testing.T
	prefix string
	torrc  string // what a tor of this network has to be told
	ports  int
}

func newNetwork(t *testing.T) *network {
	t.Helper()
	n := &network{t: t, prefix: fmt.Sprintf("tz%d", os.Getpid())}
	n.namespace("switch")
	n.in("switch", "ip", "link", "add", "bridge", "type", "bridge")
	n.in("switch", "ip", "link", "set", "bridge", "up")
	n.plug("tor", torAddress)
	n.startTor()
	return n
}

// namespace makes a network namespace that goes with the test.
func (n *network) namespace(name string) {
	n.t.Helper()
	command(n.t, "ip", "netns", "add", n.name(name))
	n.t.Cleanup(func() {
		if _, err := try("ip", "netns", "del", n.name(name)); err != nil {
			n.t.Error(err)
		}
	})
	n.in(name, "ip", "link", "set", "lo", "up")
}

func (n *network) name(name string) string { return n.prefix + "-" + name }

func (n *network) in(name string, args ...string) string {
	n.t.Helper()
	return command(n.t, append([]string{"ip", "netns", "exec", n.name(name)}, args...)...)
}

// plug makes a namespace with an address on the switch.
func (n *network) plug(name, address string) {
	n.t.Helper()
	n.namespace(name)
	n.ports++
	port := fmt.Sprintf("port%d", n.ports)
	n.in(name, "ip", "link", "add", "eth0", "type", "veth", "peer", "name", port)
	n.in(name, "ip", "link", "set", port, "netns", n.name("switch"))
	n.in("switch", "ip", "link", "set", port, "master", "bridge", "up")
	n.in(name, "ip", "addr", "add", address+"/24", "dev", "eth0")
	n.in(name, "ip", "link", "set", "eth0", "up")
}

// startTor runs the private Tor network in its namespace until the test ends.
func (n *network) startTor() {
	n.t.Helper()
	cmd := exec.Command("ip", "netns", "exec", n.name("tor"), os.Args[0])
	cmd.Env = append(os.Environ(), asNetwork+"="+n.t.TempDir())
	cmd.Stderr = os.Stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGTERM}
	stdin, err := cmd.StdinPipe()
	if err != nil {
		n.t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		n.t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		n.t.Fatal(err)
	}
	n.t.Cleanup(func() {
		stdin.Close()
		if err := cmd.Wait(); err != nil {
			n.t.Errorf("the private Tor network ended with %v", err)
		}
	})
	for in := bufio.NewScanner(stdout); in.Scan() && in.Text() != ""; {
		n.torrc += in.Text() + "\n"
	}
	if !strings.Contains(n.torrc, "DirAuthority") {
		n.t.Fatal("the private Tor network did not start")
	}
}
