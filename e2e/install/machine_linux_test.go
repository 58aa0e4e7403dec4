// SPDX-License-Identifier: Apache-2.0

package install

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// machine is a Debian that was started: its own files, processes, users, network
// and systemd. It shares nothing with the others but the kernel and the switch.
type machine struct {
	t          *testing.T
	name, root string
	user       string
	pid        int // of its systemd, seen from outside
}

// newMachine starts a machine. user is who sits before it; "root" is somebody
// logged in to a server.
func newMachine(t *testing.T, n *network, base, name, user string, number int) *machine {
	t.Helper()
	m := &machine{t: t, name: name, user: user, root: layer(t, base)}
	n.plug(name, fmt.Sprintf("10.77.0.%d", 10+number))
	m.prepare(n)
	m.boot(n)
	if user != "root" {
		m.asRoot("useradd", "-m", "-s", "/bin/bash", "-G", "sudo", user)
		m.asRoot("loginctl", "enable-linger", user)
	}
	return m
}

// layer is a file system over base in which a machine can write.
func layer(t *testing.T, base string) string {
	t.Helper()
	dir := t.TempDir()
	for _, sub := range []string{"up", "work", "root"} {
		if err := os.Mkdir(filepath.Join(dir, sub), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	root := filepath.Join(dir, "root")
	command(t, "mount", "-t", "overlay", "overlay", "-o",
		fmt.Sprintf("lowerdir=%s,upperdir=%s,workdir=%s", base, filepath.Join(dir, "up"), filepath.Join(dir, "work")), root)
	t.Cleanup(func() {
		if _, err := try("umount", root); err != nil {
			t.Error(err)
		}
	})
	return root
}

// prepare makes of the machine what a test needs and a person has by himself: a
// tor that belongs to the private network instead of the real one, administrator
// without a password, and pages that are sealed every few seconds.
func (m *machine) prepare(n *network) {
	m.t.Helper()
	const defaults = "DataDirectory /var/lib/tor\nPidFile /run/tor/tor.pid\nUser debian-tor\n" +
		"ControlSocket /run/tor/control GroupWritable RelaxDirModeCheck\nControlSocketsGroupWritable 1\nSocksPort 9050\n" +
		"CookieAuthentication 1\nCookieAuthFileGroupReadable 1\nCookieAuthFile /run/tor/control.authcookie\nLog notice syslog\n"
	for name, text := range map[string]string{
		"etc/hostname":                        m.name + "\n",
		"etc/tamizdat-test/private-network":   defaults + n.torrc,
		"etc/sudoers.d/test":                  "%sudo ALL=(ALL) NOPASSWD: ALL\n",
		"etc/skel/.config/tamizdat/desk.conf": "schedule trial\n",
		"etc/systemd/system/tor@default.service.d/private.conf": "[Service]\nExecStartPre=\n" +
			"ExecStartPre=/usr/bin/install -Z -m 02755 -o debian-tor -g debian-tor -d /run/tor\nExecStart=\n" +
			"ExecStart=/usr/bin/tor --defaults-torrc /etc/tamizdat-test/private-network -f /etc/tor/torrc --RunAsDaemon 0\n",
	} {
		m.write(name, text)
	}
	if err := os.Remove(filepath.Join(m.root, "etc/machine-id")); err != nil && !os.IsNotExist(err) {
		m.t.Fatal(err)
	}
}

// write writes a file of the machine before it starts.
func (m *machine) write(name, text string) {
	m.t.Helper()
	path := filepath.Join(m.root, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		m.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		m.t.Fatal(err)
	}
}

// boot starts the machine and waits until its systemd says that it is up.
func (m *machine) boot(n *network) {
	m.t.Helper()
	cmd := exec.Command("systemd-nspawn", "--quiet", "--boot", "--register=no", "--keep-unit", "--link-journal=no",
		"--console=read-only", "--machine="+n.name(m.name), "--network-namespace-path=/run/netns/"+n.name(m.name), "--directory="+m.root)
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := cmd.Start(); err != nil {
		m.t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() { cmd.Wait(); close(ended) }()
	m.t.Cleanup(func() { m.end(cmd.Process, ended) })
	m.until("its start", func() bool {
		select {
		case <-ended:
			m.t.Fatalf("the machine %s ended at its start", m.name)
		default:
		}
		m.pid = systemdBelow(cmd.Process.Pid)
		if m.pid == 0 {
			return false
		}
		state, _ := try(m.inside("systemctl", "is-system-running")...)
		return strings.TrimSpace(state) == "running"
	})
}

// end switches the machine off, or cuts its power.
func (m *machine) end(nspawn *os.Process, ended chan struct{}) {
	if m.pid != 0 {
		syscall.Kill(m.pid, syscall.Signal(34+4)) // SIGRTMIN+4: power off
	}
	select {
	case <-ended:
	case <-time.After(20 * time.Second):
		nspawn.Kill()
		<-ended
	}
}

// systemdBelow finds the first process called systemd among the children and
// their children.
func systemdBelow(pid int) int {
	for _, child := range children(pid) {
		for _, p := range append([]int{child}, children(child)...) {
			comm, _ := os.ReadFile(fmt.Sprintf("/proc/%d/comm", p))
			if string(comm) == "systemd\n" {
				return p
			}
		}
	}
	return 0
}

func children(pid int) (out []int) {
	b, _ := os.ReadFile(fmt.Sprintf("/proc/%d/task/%d/children", pid, pid))
	for word := range strings.FieldsSeq(string(b)) {
		if n, err := strconv.Atoi(word); err == nil {
			out = append(out, n)
		}
	}
	return out
}

// inside is a command for this machine, as its root.
func (m *machine) inside(args ...string) []string {
	return append([]string{"nsenter", "--target", strconv.Itoa(m.pid), "--all", "--"}, args...)
}

func (m *machine) asRoot(args ...string) string {
	m.t.Helper()
	return command(m.t, m.inside(args...)...)
}

// home is where the person's files lie, seen from outside.
func (m *machine) home() string {
	if m.user == "root" {
		return filepath.Join(m.root, "root")
	}
	return filepath.Join(m.root, "home", m.user)
}

// login is a command line as the person types it into a shell at home.
func (m *machine) login(line string) []string {
	if m.user == "root" {
		return m.inside("env", "-i", "TERM=dumb", "HOME=/root", "USER=root", "PATH="+path, "sh", "-c", "cd && "+line)
	}
	uid := strings.TrimSpace(m.asRoot("id", "-u", m.user))
	return m.inside("runuser", "-u", m.user, "--", "env", "-i", "TERM=dumb", "HOME=/home/"+m.user, "USER="+m.user, "PATH="+path,
		"XDG_RUNTIME_DIR=/run/user/"+uid, "sh", "-c", "cd && "+line)
}

const path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

// give puts a file into the person's home, as by mail or a stick.
func (m *machine) give(file string) {
	m.t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		m.t.Fatal(err)
	}
	to := filepath.Join(m.home(), filepath.Base(file))
	if err := os.WriteFile(to, b, 0o644); err != nil {
		m.t.Fatal(err)
	}
	m.asRoot("chown", m.user+":", strings.TrimPrefix(to, m.root))
}

// nextMorning logs the person out and in again: all that ran for them ends.
func (m *machine) nextMorning() {
	m.t.Helper()
	uid := strings.TrimSpace(m.asRoot("id", "-u", m.user))
	m.asRoot("systemctl", "restart", "user@"+uid+".service")
}

// until asks again for at most three minutes.
func (m *machine) until(what string, there func() bool) {
	m.t.Helper()
	for range 180 {
		if there() {
			return
		}
		time.Sleep(time.Second)
	}
	m.t.Fatalf("%s: %s did not come", m.name, what)
}

// rss is how much memory the processes of a service hold, in MiB.
func (m *machine) rss(unit string) int {
	m.t.Helper()
	main := strings.TrimSpace(m.asRoot("systemctl", "show", "--property=MainPID", "--value", unit))
	status := m.asRoot("cat", "/proc/"+main+"/status")
	kib := regexp.MustCompile(`VmRSS:\s+(\d+) kB`).FindStringSubmatch(status)
	if kib == nil {
		m.t.Fatalf("%s: the service %s does not run", m.name, unit)
	}
	n, err := strconv.Atoi(kib[1])
	if err != nil {
		m.t.Fatal(err)
	}
	return n >> 10
}
