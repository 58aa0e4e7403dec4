// SPDX-License-Identifier: Apache-2.0

// Package contact makes what a newsroom shows to people who want to write to
// it: a page for its website in each language, and a sheet of cards to print.
//
// Call [Make] with the newsroom as it was verified. Address, key, check words
// and dates on the pages come from its signed roster and from nowhere else;
// what a person adds ([Options]) is names, two addresses to type and bridges.
// Make refuses a roster that is not current and one without an onion address:
// a page that leads nowhere, or past Tor, is worse than none.
//
// A page is one file without script that asks the network for nothing. No
// address on it is a link: a click would happen at once and in the wrong
// browser, and the network would see it. The pages trust nobody and vouch for
// nothing, since whoever takes the website can show others (docs/THREATMODEL.md,
// M-31); so they tell the reader to compare the words with a second place.
//
// The package is pure: it touches neither disk nor network.
package contact

import (
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"tamizdat/letter"
	"tamizdat/letter/wire"
)

// ErrNoOnion says that the roster has no address that is reached through Tor
// alone. Any other would show the source's network where she goes.
var ErrNoOnion = errors.New("the newsroom has no onion address")

// Options are what the roster does not say.
type Options struct {
	Languages   []string          // of the pages; none for all
	Names       map[string]string // the newsroom's name as a language writes it
	Site        string            // address of the page itself, for the cards; may be empty
	Program     string            // where the program for sources is; may be empty
	Bridges     []string          // lines as Tor takes them
	Journalists bool              // also list who reads the letters. A list of names can endanger
}

// File is a finished page.
type File struct {
	Name  string
	Bytes []byte
}

// Make makes the pages and cards of n as they are at now (Unix seconds). The
// same arguments give the same bytes.
func Make(n *wire.Newsroom, now int64, o Options) ([]File, error) {
	if err := n.Roster().CheckTime(now); err != nil {
		return nil, fmt.Errorf("the newsroom's list of journalists: %w", err)
	}
	if err := o.check(); err != nil {
		return nil, err
	}
	chosen, err := choose(o.Languages)
	if err != nil {
		return nil, err
	}
	f, err := factsOf(n, &o)
	if err != nil {
		return nil, err
	}
	var files []File
	for _, l := range chosen {
		made, err := render(l, chosen, f)
		if err != nil {
			return nil, err
		}
		files = append(files, made...)
	}
	return files, nil
}

// facts is all that the pages tell besides their texts.
type facts struct {
	body      wire.RosterBody
	key       string
	words     [4]string
	addresses []string
	options   *Options
}

func factsOf(n *wire.Newsroom, o *Options) (*facts, error) {
	f := &facts{body: n.Roster().Body(), key: n.Key().String(), options: o}
	f.words = letter.CheckWords(n.Key(), letter.English())
	for _, a := range f.body.Addresses {
		if onion().MatchString(a) {
			f.addresses = append(f.addresses, a)
		}
	}
	if len(f.addresses) == 0 {
		return nil, ErrNoOnion
	}
	return f, nil
}

func onion() *regexp.Regexp {
	return regexp.MustCompile(`^http://([a-z2-7]{56})\.onion(:[0-9]+)?$`)
}

// name is how the language writes the newsroom's name.
func (f *facts) name(lang string) string {
	if name := f.options.Names[lang]; name != "" {
		return name
	}
	return f.body.Name
}

func (f *facts) journalists() []string {
	if !f.options.Journalists {
		return nil
	}
	var names []string
	for i := range f.body.Journalists {
		names = append(names, f.body.Journalists[i].Name)
	}
	slices.Sort(names)
	return names
}

const (
	maxSite    = 80 // it must fit on a card
	maxProgram = 200
	maxBridge  = 512
	maxBridges = 8
)

// check refuses what would stand on the pages and mean something else there.
func (o *Options) check() error {
	for lang, name := range o.Names {
		if _, err := choose([]string{lang}); err != nil {
			return err
		}
		if err := wire.CheckName(name); err != nil {
			return fmt.Errorf("the newsroom's name in %s: %w", lang, err)
		}
	}
	if err := errors.Join(checkURL(o.Site, maxSite), checkURL(o.Program, maxProgram)); err != nil {
		return err
	}
	if len(o.Bridges) > maxBridges {
		return fmt.Errorf("%d bridges are too many for a page; %d are enough", len(o.Bridges), maxBridges)
	}
	for _, b := range o.Bridges {
		if len(b) > maxBridge || !bridge().MatchString(b) {
			return fmt.Errorf("%.60q is not a bridge as Tor takes it", b)
		}
	}
	return nil
}

// checkURL takes what a reader can type from paper: plain ASCII, encrypted on
// the way or an onion.
func checkURL(s string, most int) error {
	if s == "" {
		return nil
	}
	u, err := url.Parse(s)
	printable := !strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r > '~' })
	if err != nil || !printable || len(s) > most || u.Host == "" || u.User != nil {
		return fmt.Errorf("%.60q is not an address that a reader could type", s)
	}
	if u.Scheme != "https" && (u.Scheme != "http" || !strings.HasSuffix(u.Hostname(), ".onion")) {
		return fmt.Errorf("%.60q is neither https:// nor an onion address", s)
	}
	return nil
}

// bridge matches a line: transport, address and port, fingerprint, arguments.
func bridge() *regexp.Regexp {
	return regexp.MustCompile(`^((obfs4|webtunnel|snowflake|meek_lite|conjure) )?[0-9a-fA-F.:\[\]]{3,47}:[0-9]{1,5}( [0-9A-F]{40})?( [a-z-]{1,20}=[!-~]+)*$`)
}
