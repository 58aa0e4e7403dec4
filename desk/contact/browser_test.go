// SPDX-License-Identifier: Apache-2.0

package contact_test

import (
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"tamizdat/desk/contact"
)

// screensFolder, if it is set, is where every view is left for people to look at.
const screensFolder = "TAMIZDAT_SCREENS"

// TestInABrowser looks at every page as people see it: in each language, narrow
// and wide, light and dark, and on paper. One browser does it all.
func TestInABrowser(t *testing.T) {
	b := startBrowser(t)
	keep := keeper(t)
	pages := made(t, newsroom(t, "The Lamp", "", onion), everything())
	for _, name := range slices.Sorted(maps.Keys(pages)) {
		b.open(saved(t, name, pages[name]))
		for _, scheme := range []string{"light", "dark"} {
			for _, width := range []int{320, 1280} {
				b.look(width, scheme, "screen")
				b.noOverflow(name, width)
				view := strings.TrimSuffix(name, ".html") + "." + map[int]string{320: "narrow", 1280: "wide"}[width] + "." + scheme + ".png"
				keep(view, func() []byte { return b.picture(b.whole(), 1) })
			}
		}
		b.onPaper(name, keep)
	}
}

// TestTheCodeReads has another program read the code off the screen with what is
// around it, in the colours in which readers fail most easily.
func TestTheCodeReads(t *testing.T) {
	program, err := exec.LookPath("zbarimg")
	if err != nil {
		t.Skip("no zbarimg here, so no QR code was read: run make deps")
	}
	b := startBrowser(t)
	pages := made(t, newsroom(t, "The Lamp", "", onion), contact.Options{})
	for _, name := range []string{"contact.en.html", "card.fa.html"} {
		b.open(saved(t, name, pages[name]))
		b.look(360, "dark", "screen")
		var code area
		b.evaluate(`(r => ({X: r.x - 30, Y: r.y - 30, Width: r.width + 60, Height: r.height + 60}))(document.querySelector(".qr").getBoundingClientRect())`, &code)
		out, err := exec.Command(program, "--quiet", "--raw", saved(t, "code.png", string(b.picture(code, 3)))).Output()
		if got := strings.TrimSpace(string(out)); err != nil || got != onion {
			t.Errorf("%s: the code reads %q (%v), not %q", name, got, err, onion)
		}
	}
}

func saved(t *testing.T, name, content string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), name)
	must(t, os.WriteFile(file, []byte(content), 0o600))
	return file
}

// TestTheLongestCard fills everything that can be long with the longest.
func TestTheLongestCard(t *testing.T) {
	b := startBrowser(t)
	o := contact.Options{Site: "https://" + strings.Repeat("w", 60) + ".example/con"}
	long := strings.Repeat("М", 48) // 96 bytes
	o.Names = map[string]string{"en": strings.Repeat("M", 96), "fa": strings.Repeat("ش", 48), "ar": strings.Repeat("ش", 48)}
	n := newsroom(t, long, "", onion)
	for name, page := range made(t, n, o) {
		b.open(saved(t, name, page))
		b.look(320, "light", "screen")
		b.noOverflow(name, 320)
		if strings.HasPrefix(name, "card.") {
			b.cardsHold(name)
		}
	}
}

// keeper writes what is worth looking at, if somebody wants to.
func keeper(t *testing.T) func(name string, make func() []byte) {
	dir := os.Getenv(screensFolder)
	return func(name string, make func() []byte) {
		if dir != "" {
			must(t, os.WriteFile(filepath.Join(dir, name), make(), 0o644))
		}
	}
}

// noOverflow fails where something sticks out of the window.
func (b *browser) noOverflow(name string, width int) {
	b.t.Helper()
	var out []string
	b.evaluate(`(() => {
		const w = document.documentElement.clientWidth, bad = [];
		if (document.documentElement.scrollWidth > w) bad.push("the page scrolls sideways");
		for (const e of document.body.querySelectorAll("*")) {
			const r = e.getBoundingClientRect();
			if (r.width > 0 && (r.left < -0.5 || r.right > w + 0.5)) bad.push(e.tagName + " " + e.className);
		}
		return bad;
	})()`, &out)
	if len(out) > 0 {
		b.t.Errorf("%s at %d pixels: sticks out: %s", name, width, strings.Join(out, ", "))
	}
}

// onPaper prints. A sheet of cards is one sheet, with nothing cut off any card.
func (b *browser) onPaper(name string, keep func(string, func() []byte)) {
	b.t.Helper()
	card := strings.HasPrefix(name, "card.")
	most := 4
	if card {
		most = 1
	}
	b.look(800, "dark", "")
	for _, p := range papers() {
		pdf := b.print(p)
		if n := sheets(pdf); n < 1 || n > most {
			b.t.Errorf("%s on %s: %d sheets, want 1 to %d", name, p, n, most)
		}
		keep(strings.TrimSuffix(name, "html")+p.name+".pdf", func() []byte { return pdf })
	}
	if card {
		b.cardsHold(name) // it changes the words
	}
}

// cardsHold fails where a card has more in it than fits, with the words that
// need most room, in large letters and in small ones.
func (b *browser) cardsHold(name string) {
	b.t.Helper()
	b.look(794, "light", "print")
	b.cardsHoldWords(name, "mammal", false)
	b.cardsHoldWords(name, "mushroom", true)
}

func (b *browser) cardsHoldWords(name, word string, wide bool) {
	b.t.Helper()
	var done bool
	b.evaluate(fmt.Sprintf(`document.querySelectorAll(".words span").forEach(e => e.textContent = %q),
		document.querySelectorAll(".card").forEach(e => e.classList.toggle("wide", %t)), true`, word, wide), &done)
	var cards []struct{ Inner, Outer, Width, Height float64 }
	b.evaluate(`[...document.querySelectorAll(".card")].map(c => ({Inner: c.scrollHeight, Outer: c.clientHeight,
		Width: c.getBoundingClientRect().width / 96 * 25.4, Height: c.getBoundingClientRect().height / 96 * 25.4}))`, &cards)
	if len(cards) != 8 {
		b.t.Fatalf("%s: %d cards on a sheet, want 8", name, len(cards))
	}
	for i, c := range cards {
		if c.Inner > c.Outer || c.Width < 94 || c.Width > 96 || c.Height < 65 || c.Height > 67 {
			b.t.Errorf("%s: card %d is %.0f by %.0f mm and holds %.0f of %.0f pixels", name, i, c.Width, c.Height, c.Outer, c.Inner)
		}
	}
}
