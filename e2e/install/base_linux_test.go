// SPDX-License-Identifier: Apache-2.0

package install

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// What a machine has before anything of ours comes: what anybody's Debian has,
// and nothing that our packages would have to bring.
const basePackages = "systemd,systemd-sysv,dbus,dbus-user-session,libpam-systemd,iproute2,ca-certificates,sudo"

// debian returns a folder with a freshly installed Debian, in which nobody may
// change anything: machines are layers over it. It holds the packages that ours
// depend on, not installed, because the machines reach no mirror.
func debian(t *testing.T) string {
	t.Helper()
	if base := os.Getenv("TAMIZDAT_TEST_DEBIAN"); base != "" {
		return base // one that was made so before, by somebody in a hurry
	}
	base := filepath.Join(t.TempDir(), "debian")
	command(t, "debootstrap", "--variant=minbase", "--include="+basePackages, release(t), base)
	command(t, "chroot", base, "apt-get", "update", "-qq")
	command(t, "chroot", base, "apt-get", "install", "-y", "-qq", "--download-only", "tor")
	return base
}

// release is this machine's own release, for which packages can be had.
func release(t *testing.T) string {
	t.Helper()
	b, err := os.ReadFile("/etc/os-release")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(b)) {
		if name, ok := strings.CutPrefix(strings.TrimSpace(line), "VERSION_CODENAME="); ok {
			return name
		}
	}
	t.Fatal("/etc/os-release names no release")
	return ""
}

// packages builds the Debian packages as they are released, while other things
// are done. The function that it returns waits for them.
func packages(t *testing.T) (folder func() string) {
	t.Helper()
	dir := t.TempDir()
	cmd := exec.Command("go", "run", "./dist", "-only", "deb", "-arch", "amd64", "-out", dir)
	cmd.Dir = filepath.Join("..", "..", "tools")
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return sync.OnceValue(func() string {
		if err := cmd.Wait(); err != nil {
			t.Fatalf("building the packages: %v\n%s", err, said.String())
		}
		return dir
	})
}

// needs skips the test, aloud, where it cannot be done. In CI nothing is missing
// and a skipped test is a failure.
func needs(t *testing.T) {
	t.Helper()
	if os.Getuid() != 0 {
		t.Skip("following docs/INSTALL.md needs root: it starts Debian machines in namespaces")
	}
	for _, program := range []string{"debootstrap", "systemd-nspawn", "ip", "nsenter", "tor", "tor-gencert"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skipf("following docs/INSTALL.md needs the program %s: make deps", program)
		}
	}
}

// command runs what must succeed.
func command(t *testing.T, args ...string) string {
	t.Helper()
	out, err := try(args...)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func try(args ...string) (string, error) {
	out, err := exec.Command(args[0], args[1:]...).CombinedOutput()
	if err != nil {
		return string(out), fmt.Errorf("%s: %w\n%s", strings.Join(args, " "), err, out)
	}
	return string(out), nil
}
