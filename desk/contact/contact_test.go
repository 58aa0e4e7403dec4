// SPDX-License-Identifier: Apache-2.0

package contact_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"tamizdat/desk/contact"
	"tamizdat/letter"
	"tamizdat/letter/wire"
)

// TestAReaderFindsWhatSheNeeds is the story: the page in each language has the
// address, the key, the words and the day until which it is good.
func TestAReaderFindsWhatSheNeeds(t *testing.T) {
	n := newsroom(t, "The Lamp", "lamp.example/log+0123abcd+AQID", onion, clearAddr)
	pages := made(t, n, contact.Options{Names: map[string]string{"ru": "Лампа"}})
	if len(pages) != 12 {
		t.Fatalf("%d files, want a page and a card in six languages", len(pages))
	}
	for name, page := range pages {
		wanted := []string{onion, n.Key().String(), "tamizdat-source"}
		if strings.HasPrefix(name, "card.") {
			wanted = wanted[:2]
		}
		for _, w := range letter.CheckWords(n.Key(), letter.English()) {
			wanted = append(wanted, ">"+w+"<")
		}
		if strings.Contains(name, ".en.") {
			wanted = append(wanted, "25 November 2026", "24 January 2027", "The Lamp")
		}
		for _, w := range wanted {
			if !strings.Contains(page, w) {
				t.Errorf("%s does not have %q", name, w)
			}
		}
		for _, w := range []string{clearAddr, "Anna"} {
			if strings.Contains(page, w) {
				t.Errorf("%s has %q, for which nobody asked", name, w)
			}
		}
	}
	if !strings.Contains(pages["contact.ru.html"], "<bdi>Лампа</bdi>") || strings.Contains(pages["contact.ru.html"], "The Lamp") {
		t.Error("the Russian page does not write the name as was asked")
	}
}

// TestTheKeyMayNotChange is F-1: an identity that others have taken over. The
// page says beforehand what a reader is to make of another key.
func TestTheKeyMayNotChange(t *testing.T) {
	for logKey, wanted := range map[string]string{
		"":                               "If this page ever shows another key, do not use it.",
		"lamp.example/log+0123abcd+AQID": "do not use it unless a signed notice in our public log says why.",
	} {
		page := made(t, newsroom(t, "The Lamp", logKey, onion), contact.Options{})["contact.en.html"]
		if !strings.Contains(page, wanted) {
			t.Errorf("with log key %q the page does not say %q", logKey, wanted)
		}
	}
}

// TestAForgedPageIsNamed is F-2, a forged page that leads elsewhere, and F-10,
// a source who asks for help in public.
func TestAForgedPageIsNamed(t *testing.T) {
	page := made(t, newsroom(t, "The Lamp", "", onion), contact.Options{})["contact.en.html"]
	for _, wanted := range []string{
		"A forged page looks exactly like this one.",
		"Compare the four words with a second place that is not this website",
		"Never take an address from a search engine",
		"Ask nobody for help with this page, least of all in public",
	} {
		if !strings.Contains(page, wanted) {
			t.Errorf("the page does not say %q", wanted)
		}
	}
}

func TestWhatIsRefused(t *testing.T) {
	n, open := newsroom(t, "The Lamp", "", onion), newsroom(t, "The Lamp", "", clearAddr)
	now, day := founded().Unix(), int64(86400)
	tests := map[string]struct {
		newsroom *wire.Newsroom
		now      int64
		options  contact.Options
		is       error
	}{
		"an expired list":        {newsroom: n, now: now + 61*day, is: wire.ErrExpired},
		"a list of the future":   {newsroom: n, now: now - 2*day, is: wire.ErrExpired},
		"no onion address":       {newsroom: open, now: now, is: contact.ErrNoOnion},
		"an unknown language":    {newsroom: n, now: now, options: contact.Options{Languages: []string{"xx"}}},
		"a path as language":     {newsroom: n, now: now, options: contact.Options{Languages: []string{"../en"}}},
		"a name for nobody":      {newsroom: n, now: now, options: contact.Options{Names: map[string]string{"xx": "Lamp"}}},
		"a name that turns":      {newsroom: n, now: now, options: contact.Options{Names: map[string]string{"en": "La\u202emp"}}},
		"a site in the clear":    {newsroom: n, now: now, options: contact.Options{Site: "http://lamp.example"}},
		"a site with a password": {newsroom: n, now: now, options: contact.Options{Site: "https://a:b@lamp.example"}},
		"a site beyond ASCII":    {newsroom: n, now: now, options: contact.Options{Site: "https://лампа.example"}},
		"a site with a break":    {newsroom: n, now: now, options: contact.Options{Site: "https://lamp.example/ x"}},
		"a script as program":    {newsroom: n, now: now, options: contact.Options{Program: "javascript:alert(1)"}},
		"a bridge of two lines":  {newsroom: n, now: now, options: contact.Options{Bridges: []string{bridge + "\n"}}},
		"a bridge with markup":   {newsroom: n, now: now, options: contact.Options{Bridges: []string{"<b>192.0.2.1:443</b>"}}},
		"too many bridges":       {newsroom: n, now: now, options: contact.Options{Bridges: slices.Repeat([]string{bridge}, 9)}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			files, err := contact.Make(tt.newsroom, tt.now, tt.options)
			if err == nil || files != nil || tt.is != nil && !errors.Is(err, tt.is) {
				t.Errorf("%d files and error %v, want none and %v", len(files), err, tt.is)
			}
		})
	}
}

// TestTheSameBytes: whoever compares two copies of the page must not find
// differences that mean nothing.
func TestTheSameBytes(t *testing.T) {
	n := newsroom(t, "The Lamp", "", onion)
	first, err := contact.Make(n, founded().Unix(), everything())
	must(t, err)
	second, err := contact.Make(n, founded().Add(20*24*time.Hour).Unix(), everything())
	must(t, err)
	if !slices.EqualFunc(first, second, func(a, b contact.File) bool { return a.Name == b.Name && string(a.Bytes) == string(b.Bytes) }) {
		t.Error("the same newsroom gave other pages on another day of the same list")
	}
}

// TestSomeLanguages makes what was asked for, and links to nothing else.
func TestSomeLanguages(t *testing.T) {
	pages := made(t, newsroom(t, "The Lamp", "", onion), contact.Options{Languages: []string{"fa", "ru"}})
	if len(pages) != 4 || strings.Contains(pages["contact.fa.html"], "contact.en.html") || !strings.Contains(pages["contact.fa.html"], `href="contact.ru.html"`) {
		t.Errorf("%d files; the pages do not link each to the other and to no more", len(pages))
	}
	owed, err := contact.ReviewOwed("fa", "ru")
	must(t, err)
	if !slices.Equal(owed, []string{"فارسی"}) {
		t.Errorf("a review is owed for %v, want Farsi alone", owed)
	}
}

// TestPagesAskNothing: no script, nothing fetched, no link but to the other
// languages, no forms; a policy that forbids it all even where we erred.
func TestPagesAskNothing(t *testing.T) {
	o := everything()
	o.Names["en"] = `<script>alert(1)</script>`
	for name, page := range made(t, newsroom(t, `"><img src=x>`, "", onion), o) {
		root, err := html.Parse(strings.NewReader(page))
		must(t, err)
		c := &checker{t: t, name: name, ids: map[string]bool{}}
		for e := range root.Descendants() {
			if e.Type == html.ElementNode {
				c.element(e)
			}
		}
		if !c.policy || !c.title {
			t.Errorf("%s: no policy, or no title", name)
		}
		if strings.Contains(page, "@import") || strings.Contains(page, "url(") {
			t.Errorf("%s: the style fetches something", name)
		}
	}
}

type checker struct {
	t             *testing.T
	name          string
	ids           map[string]bool
	policy, title bool
}

func allowedElements() []string {
	return strings.Fields("html head meta title style body header nav a main h1 h2 h3 section p ul ol li pre code bdi div figure figcaption svg rect path footer article span b")
}

func (c *checker) element(e *html.Node) {
	if !slices.Contains(allowedElements(), e.Data) {
		c.t.Errorf("%s: has <%s>", c.name, e.Data)
	}
	at := make(map[string]string)
	for _, a := range e.Attr {
		at[a.Key] = a.Val
		c.attribute(a)
	}
	switch e.Data {
	case "html":
		rtl := strings.Contains(c.name, ".fa.") || strings.Contains(c.name, ".ar.")
		if !strings.Contains(c.name, "."+at["lang"]+".") || at["dir"] != map[bool]string{true: "rtl", false: "ltr"}[rtl] {
			c.t.Errorf("%s: lang %q, dir %q", c.name, at["lang"], at["dir"])
		}
	case "meta":
		c.policy = c.policy || strings.HasPrefix(at["content"], "default-src 'none'; style-src 'sha256-")
	case "title":
		c.title = e.FirstChild != nil
	}
}

func (c *checker) attribute(a html.Attribute) {
	switch {
	case a.Key == "id":
		if c.ids[a.Val] {
			c.t.Errorf("%s: id %q twice", c.name, a.Val)
		}
		c.ids[a.Val] = true
	case a.Key == "href":
		if !slices.Contains(contact.FileNames(), a.Val) {
			c.t.Errorf("%s: a link to %q", c.name, a.Val)
		}
	case strings.HasPrefix(a.Key, "on"), slices.Contains([]string{"src", "srcset", "action", "style", "background", "ping"}, a.Key):
		c.t.Errorf("%s: attribute %s=%q", c.name, a.Key, a.Val)
	}
}
