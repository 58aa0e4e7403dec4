// SPDX-License-Identifier: Apache-2.0

package tlog

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// MaxPolicy is the largest policy file, in bytes.
const MaxPolicy = 64 << 10

// maxPolicyItems bounds logs, witnesses and groups, each.
const maxPolicyItems = 32

// ErrPolicy is wrapped by every refusal of a policy.
var ErrPolicy = errors.New("not a valid policy")

// Policy says whom a reader believes: which log, which witnesses, how many of
// them (spec/record.md §8). It must come from somewhere else than the page
// that it judges.
type Policy struct {
	logs      []LogKey
	witnesses []PolicyWitness
	groups    map[string]group // also one for each witness
	quorum    string           // "none", or a name in groups
}

// PolicyWitness is a witness with the name the policy gives it and the URL,
// perhaps empty, where it takes checkpoints.
type PolicyWitness struct {
	Name string
	Key  WitnessKey
	URL  string
}

// group needs k of its members; a witness is a group without members.
type group struct {
	k       int
	members []string
}

// Logs lists the keys of the logs.
func (p Policy) Logs() []LogKey { return slices.Clone(p.logs) }

// Witnesses lists the witnesses in the order of the file.
func (p Policy) Witnesses() []PolicyWitness { return slices.Clone(p.witnesses) }

// Quorate tells whether the policy asks for any witness at all.
func (p Policy) Quorate() bool { return p.quorum != "none" }

// NewPolicy makes the plain policy of one log and k of its witnesses; k 0 asks
// for none.
func NewPolicy(log LogKey, witnesses []PolicyWitness, k int) (Policy, error) {
	return ParsePolicy(FormatPolicy(log, witnesses, k))
}

// FormatPolicy writes the file form of such a policy.
func FormatPolicy(log LogKey, witnesses []PolicyWitness, k int) []byte {
	var b strings.Builder
	fmt.Fprintf(&b, "log %s\n", log)
	var names []string
	for _, w := range witnesses {
		fmt.Fprintf(&b, "%s\n", strings.TrimSpace(fmt.Sprintf("witness %s %s %s", w.Name, w.Key, w.URL)))
		names = append(names, w.Name)
	}
	if k == 0 {
		b.WriteString("quorum none\n")
	} else {
		fmt.Fprintf(&b, "group enough %d %s\nquorum enough\n", k, strings.Join(names, " "))
	}
	return []byte(b.String())
}

// ParsePolicy reads a policy file.
func ParsePolicy(b []byte) (Policy, error) {
	p := Policy{groups: make(map[string]group)}
	if len(b) > MaxPolicy || !utf8.Valid(b) {
		return Policy{}, fmt.Errorf("%w: more than %d bytes, or not UTF-8", ErrPolicy, MaxPolicy)
	}
	text, ok := strings.CutSuffix(string(b), "\n")
	if !ok {
		return Policy{}, fmt.Errorf("%w: the last line has no line feed; the file may be cut short", ErrPolicy)
	}
	for n, line := range strings.Split(text, "\n") {
		if err := p.parseLine(line); err != nil {
			return Policy{}, fmt.Errorf("%w: line %d: %w", ErrPolicy, n+1, err)
		}
	}
	if p.quorum == "" {
		return Policy{}, fmt.Errorf("%w: it has no quorum line", ErrPolicy)
	}
	return p, nil
}

func (p *Policy) parseLine(line string) error {
	if strings.ContainsFunc(line, func(r rune) bool { return r != '\t' && (r < ' ' || r == 0x7f) }) {
		return errors.New("a control character")
	}
	fields := strings.FieldsFunc(line, func(r rune) bool { return r == ' ' || r == '\t' })
	if len(fields) == 0 || strings.HasPrefix(fields[0], "#") {
		return nil
	}
	switch fields[0] {
	case "log":
		return p.parseLog(fields[1:])
	case "witness":
		return p.parseWitness(fields[1:])
	case "group":
		return p.parseGroup(fields[1:])
	case "quorum":
		return p.parseQuorum(fields[1:])
	}
	return fmt.Errorf("%q is not log, witness, group or quorum", fields[0])
}

func (p *Policy) parseLog(f []string) error {
	if len(f) < 1 || len(f) > 2 || len(p.logs) == maxPolicyItems {
		return errors.New("a log line is “log vkey [url]”, at most 32 of them")
	}
	k, err := ParseLogKey(f[0])
	if err != nil {
		return err
	}
	for _, other := range p.logs {
		if other.Key() == k.Key() || other.Origin() == k.Origin() {
			return fmt.Errorf("the log %s stands there twice", k.Origin())
		}
	}
	p.logs = append(p.logs, k)
	return nil
}

func (p *Policy) parseWitness(f []string) error {
	if len(f) < 2 || len(f) > 3 || len(p.witnesses) == maxPolicyItems {
		return errors.New("a witness line is “witness name vkey [url]”, at most 32 of them")
	}
	k, err := ParseWitness(f[1])
	if err != nil {
		return err
	}
	for _, other := range p.witnesses {
		if other.Key.Key() == k.Key() {
			return fmt.Errorf("the witnesses %s and %s are one key", other.Name, f[0])
		}
	}
	w := PolicyWitness{Name: f[0], Key: k}
	if len(f) == 3 {
		w.URL = f[2]
	}
	p.witnesses = append(p.witnesses, w)
	return p.define(f[0], group{})
}

func (p *Policy) define(name string, g group) error {
	if _, taken := p.groups[name]; taken || name == "none" {
		return fmt.Errorf("the name %q is taken", name)
	}
	p.groups[name] = g
	return nil
}

func (p *Policy) parseGroup(f []string) error {
	if len(f) < 3 || len(p.groups)-len(p.witnesses) == maxPolicyItems {
		return errors.New("a group line is “group name all|any|k member …”, at most 32 of them")
	}
	g := group{members: f[2:]}
	for i, m := range g.members {
		if _, ok := p.groups[m]; !ok || slices.Contains(g.members[:i], m) || p.isMember(m) {
			return fmt.Errorf("the member %q is not defined above, or stands in a group already", m)
		}
	}
	switch f[1] {
	case "all":
		g.k = len(g.members)
	case "any":
		g.k = 1
	default:
		k, err := strconv.Atoi(f[1])
		if err != nil || k < 1 || k > len(g.members) || strconv.Itoa(k) != f[1] {
			return fmt.Errorf("%q of %d members cannot be", f[1], len(g.members))
		}
		g.k = k
	}
	return p.define(f[0], g)
}

func (p *Policy) isMember(name string) bool {
	for _, g := range p.groups {
		if slices.Contains(g.members, name) {
			return true
		}
	}
	return false
}

func (p *Policy) parseQuorum(f []string) error {
	if len(f) != 1 || p.quorum != "" {
		return errors.New("there is one quorum line, “quorum name” or “quorum none”")
	}
	if _, ok := p.groups[f[0]]; !ok && f[0] != "none" {
		return fmt.Errorf("the quorum %q is not defined above", f[0])
	}
	p.quorum = f[0]
	return nil
}

// satisfied evaluates a group over the names of witnesses that cosigned.
func (p Policy) satisfied(name string, cosigned map[string]bool) bool {
	g := p.groups[name]
	if len(g.members) == 0 {
		return cosigned[name]
	}
	n := 0
	for _, m := range g.members {
		if p.satisfied(m, cosigned) {
			n++
		}
	}
	return n >= g.k
}
