// SPDX-License-Identifier: Apache-2.0

package tornet

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"time"
)

// programs are the two that Debian's package tor has.
type programs struct{ tor, gencert string }

// Installed is nil if the programs that a network needs are there; otherwise it
// says which is not and what to install.
func Installed() error {
	_, err := find()
	return err
}

func find() (programs, error) {
	tor, err := lookPath("tor")
	if err != nil {
		return programs{}, err
	}
	gencert, err := lookPath("tor-gencert")
	return programs{tor, gencert}, err
}

// lookPath also looks where distributions put tor and where the PATH of an
// ordinary user may not lead.
func lookPath(name string) (string, error) {
	if path, err := exec.LookPath(name); err == nil {
		return path, nil
	}
	for _, dir := range []string{"/usr/sbin", "/usr/local/sbin", "/usr/local/bin", "/opt/homebrew/bin"} {
		if path, err := exec.LookPath(filepath.Join(dir, name)); err == nil {
			return path, nil
		}
	}
	return "", fmt.Errorf("the program %s is not installed: on Debian and Ubuntu, apt install tor", name)
}

// prepare makes the folders, ports and keys of all nodes.
func (n *Network) prepare(ctx context.Context, dir string) (err error) {
	for i := range authorities + relays {
		name, r := fmt.Sprintf("authority%d", i+1), authority
		if i >= authorities {
			name, r = fmt.Sprintf("relay%d", i+1-authorities), relay
		}
		node, err := newNode(name, r, dir, n.opts.Address)
		if err != nil {
			return err
		}
		n.nodes = append(n.nodes, node)
	}
	if n.client, err = newNode("client", client, dir, n.opts.Address); err != nil {
		return err
	}
	return each(n.nodes[:authorities], func(a *node) error { return n.makeKeys(ctx, a) })
}

// each does something for all nodes at the same time.
func each(nodes []*node, do func(*node) error) error {
	errs := make([]error, len(nodes))
	var wg sync.WaitGroup
	for i, node := range nodes {
		wg.Go(func() { errs[i] = do(node) })
	}
	wg.Wait()
	return errors.Join(errs...)
}

// makeKeys makes an authority's keys and learns both of its fingerprints, which
// every other node has to know.
func (n *Network) makeKeys(ctx context.Context, a *node) error {
	certificate := a.path("keys", "authority_certificate")
	cmd := command(ctx, n.programs.gencert, "--create-identity-key", "--passphrase-fd", "0",
		"-i", a.path("keys", "authority_identity_key"), "-s", a.path("keys", "authority_signing_key"),
		"-c", certificate, "-m", "12", "-a", a.dirs.String())
	cmd.Stdin = strings.NewReader("the key signs nothing but one test\n")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("tor-gencert: %w: %s", err, lastLine(out))
	}
	text, err := os.ReadFile(certificate)
	if err != nil {
		return err
	}
	found := regexp.MustCompile(`(?m)^fingerprint ([0-9A-F]{40})$`).FindSubmatch(text)
	if found == nil {
		return errors.New("the certificate of tor-gencert has no fingerprint")
	}
	a.identity = string(found[1])
	return n.makeRelayKey(ctx, a)
}

// makeRelayKey lets a tor that opens no connection make the node's key.
func (n *Network) makeRelayKey(ctx context.Context, a *node) error {
	draft := *a
	draft.role = relay
	if err := draft.configure(unborn, time.Time{}); err != nil {
		return err
	}
	out, err := n.tor(ctx, a, "--list-fingerprint", "--quiet").Output()
	if err != nil {
		return fmt.Errorf("tor --list-fingerprint: %w: %s", err, lastLine(out))
	}
	found := regexp.MustCompile(`(?m)^\w+ ((?:[0-9A-F]{4} ?){10})$`).FindSubmatch(out)
	if found == nil {
		return errors.New("tor --list-fingerprint told no fingerprint")
	}
	a.fingerprint = strings.ReplaceAll(string(found[1]), " ", "")
	return nil
}
