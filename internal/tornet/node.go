// SPDX-License-Identifier: Apache-2.0

package tornet

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"time"

	"tamizdat/internal/durable"
)

// votingInterval is both how long a consensus is fresh and, times 24, how long
// the onion services' hashring stands. Tor accepts no longer first interval.
const votingInterval = 30 * time.Minute

// voteDelay is the time for votes, and again that for signatures. A busy
// machine needs more than the 2 seconds that tor would accept.
const voteDelay = 3 * time.Second

type role int

const (
	authority role = iota
	relay
	client
)

// node is one tor of the network.
type node struct {
	name string
	role role
	dir  string

	or, dirs, socks netip.AddrPort // those its role has
	held            []net.Listener // keep the ports free of others until the tor starts

	identity    string // of an authority: fingerprint of the key that signs its certificate
	fingerprint string // of an authority: fingerprint as a relay

	process *process
}

// newNode makes a node's folder and picks its ports.
func newNode(name string, r role, dir, address string) (*node, error) {
	n := &node{name: name, role: r, dir: filepath.Join(dir, name)}
	if err := durable.MkdirAll(filepath.Join(n.dir, "keys"), 0o700); err != nil {
		return nil, err
	}
	// A folder that was there already keeps its mode, and tor wants it private.
	if err := os.Chmod(n.dir, 0o700); err != nil {
		return nil, err
	}
	ports := map[role][]*netip.AddrPort{authority: {&n.or, &n.dirs}, relay: {&n.or}, client: {&n.socks}}
	for _, p := range ports[r] {
		l, err := net.Listen("tcp", net.JoinHostPort(address, "0"))
		if err != nil {
			n.release()
			return nil, err
		}
		n.held = append(n.held, l)
		*p = l.Addr().(*net.TCPAddr).AddrPort()
	}
	return n, nil
}

// release lets go of the node's ports. Between this and the start of its tor
// somebody else may take one; then the tor ends, and the network is begun anew.
func (n *node) release() {
	for _, l := range n.held {
		l.Close()
	}
	n.held = nil
}

func (n *node) path(name ...string) string {
	return filepath.Join(append([]string{n.dir}, name...)...)
}

// dirAuthority is the line by which every tor of the network knows an authority.
func (n *node) dirAuthority() string {
	return fmt.Sprintf("DirAuthority %s orport=%d no-v2 v3ident=%s %s %s\n", n.name, n.or.Port(), n.identity, n.dirs, n.fingerprint)
}

// unborn stands for the authorities in a torrc that only makes keys. Nobody
// listens there.
const unborn = "TestingTorNetwork 1\nDirAuthority unborn 127.0.0.1:1 FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF\n"

// network is the part of a torrc that makes a tor belong to the network of
// these nodes and to no other.
func network(nodes []*node) string {
	var b strings.Builder
	b.WriteString("TestingTorNetwork 1\nUseDefaultFallbackDirs 0\nAssumeReachable 1\nPathsNeededToBuildCircuits 0.67\n")
	for _, n := range nodes {
		if n.role == authority {
			b.WriteString(n.dirAuthority())
		}
	}
	return b.String()
}

// torrc is the node's configuration: base, which names the network, then its
// own part. votes is when an authority is to publish a consensus.
func (n *node) torrc(base string, votes time.Time) string {
	var b strings.Builder
	b.WriteString(base)
	fmt.Fprintf(&b, "DataDirectory %q\nLog notice stdout\nSafeLogging 0\n", n.dir)
	fmt.Fprintf(&b, "RunAsDaemon 0\nShutdownWaitLength 0\n__OwningControllerProcess %d\n", os.Getpid())
	b.WriteString("ConnLimit 60\nNumCPUs 1\nMaxMemInQueues 256 MB\n")
	if n.role == client {
		fmt.Fprintf(&b, "SocksPort %s\n", n.socks)
		return b.String()
	}
	fmt.Fprintf(&b, "SocksPort 0\nNickname %s\nAddress %s\nORPort %s\n", n.name, n.or.Addr(), n.or)
	// A relay that counted what it carries here would report, in its first
	// seconds, 0 or 1 kB/s by chance; where one has 1 and all others 0, every
	// circuit of every tor begins and ends there, which relays refuse to build.
	// All at 0 are chosen alike.
	b.WriteString("CountPrivateBandwidth 0\n")
	b.WriteString("ExitRelay 0\nExitPolicy reject *:*\n")
	if n.role == authority {
		fmt.Fprintf(&b, "DirPort %s\n", n.dirs)
		b.WriteString(voting(votes))
	}
	return b.String()
}

// voting is the part that only authorities have.
func voting(at time.Time) string {
	interval, delay := int(votingInterval.Seconds()), int(voteDelay.Seconds())
	return fmt.Sprintf(`AuthoritativeDirectory 1
V3AuthoritativeDirectory 1
ContactInfo nobody@test.invalid
TestingV3AuthInitialVotingInterval %[1]d
TestingV3AuthInitialVoteDelay %[2]d
TestingV3AuthInitialDistDelay %[2]d
V3AuthVotingInterval %[1]d
V3AuthVoteDelay %[2]d
V3AuthDistDelay %[2]d
V3AuthNIntervalsValid 3
TestingV3AuthVotingStartOffset %[3]d
TestingDirAuthVoteExit *
TestingDirAuthVoteHSDir *
TestingDirAuthVoteGuard *
TestingMinExitFlagThreshold 0
`, interval, delay, at.Unix()%int64(interval))
}

// configure writes the node's torrc.
func (n *node) configure(base string, votes time.Time) error {
	text := n.torrc(base, votes)
	if err := CheckPrivate(text); err != nil {
		return err
	}
	return durable.WriteFile(n.path("torrc"), []byte(text), 0o600)
}

// CheckPrivate refuses a torrc with which a tor would contact the real network,
// as one without DirAuthority lines does. Ask it before starting a tor that is
// to belong to a private network.
func CheckPrivate(torrc string) error {
	var testing, found bool
	for line := range strings.Lines(torrc) {
		words := strings.Fields(line)
		if len(words) < 2 {
			continue
		}
		switch strings.ToLower(words[0]) {
		case "testingtornetwork":
			testing = words[1] == "1"
		case "dirauthority":
			if !privateAuthority(words[1:]) {
				return errors.New("this torrc names a directory authority outside of the private network")
			}
			found = true
		case "fallbackdir", "alternatedirauthority", "alternatebridgeauthority", "bridge", "%include":
			return fmt.Errorf("this torrc has a line %s, which could lead out of the private network", words[0])
		}
	}
	if !testing || !found {
		return errors.New("this torrc names no private network: a tor would contact the real one")
	}
	return nil
}

// privateAuthority tells whether a DirAuthority line has exactly one address,
// and that one loopback or private.
func privateAuthority(words []string) bool {
	private := 0
	for _, w := range words {
		a, err := netip.ParseAddrPort(w)
		if err != nil {
			continue
		}
		if !a.Addr().IsLoopback() && !a.Addr().IsPrivate() {
			return false
		}
		private++
	}
	return private == 1
}
