// SPDX-License-Identifier: Apache-2.0

package wire

import (
	"context"
	"crypto/ed25519"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestNewsroomKeyText covers one wrong letter in each place of the text form.
func TestNewsroomKeyText(t *testing.T) {
	k := NewsroomKey(seedOf("key"))
	text := k.String()
	if got, err := ParseNewsroomKey(text); err != nil || got != k || len(text) != 65 {
		t.Fatalf("%q: %v", text, err)
	}
	for i := range text {
		for _, c := range []byte{'a', 'b', '7', '1', 'A', ' '} {
			if text[i] == c {
				continue
			}
			_, err := ParseNewsroomKey(text[:i] + string(c) + text[i+1:])
			wantError(t, err, "malformed")
		}
	}
	for _, bad := range []string{"", "tamizdat1", text + "a", text[1:], strings.ToUpper(text), " " + text, text + "\n"} {
		_, err := ParseNewsroomKey(bad)
		wantError(t, err, "malformed")
	}
	if k.IsZero() || !(NewsroomKey{}).IsZero() {
		t.Error("IsZero is wrong")
	}
}

// TestNumbers covers that the numbers that people compare are places in a list of
// 2,048 words, and differ with what they stand for.
func TestNumbers(t *testing.T) {
	a, b := NewsroomKey{1}.CheckNumbers(), NewsroomKey{2}.CheckNumbers()
	if a == b || a != (NewsroomKey{1}).CheckNumbers() {
		t.Error("check numbers do not stand for the key")
	}
	f := FingerprintNumbers([]byte("request"))
	for _, n := range slices.Concat(a[:], b[:], f[:]) {
		if n >= 2048 {
			t.Errorf("%d is no place in the list", n)
		}
	}
}

// TestHexForms covers names that come from paths: one form each.
func TestHexForms(t *testing.T) {
	id := ChunkIDOf([]byte("chunk"))
	if got, err := ParseChunkID(id.String()); err != nil || got != id {
		t.Error(err)
	}
	ticket := Ticket(noise("ticket", 16))
	if got, err := ParseTicket(ticket.String()); err != nil || got != ticket {
		t.Error(err)
	}
	j := journalistOf("Anna").ID
	if got, err := ParseJournalistID(j.String()); err != nil || got != j {
		t.Error(err)
	}
	for _, bad := range []string{"", "../" + id.String(), strings.ToUpper(id.String()), id.String()[1:], id.String() + "0", "0x" + id.String()[2:], strings.Repeat("é", 32)} {
		_, err := ParseChunkID(bad)
		wantError(t, err, "malformed")
		_, err = ParseTicket(bad)
		wantError(t, err, "malformed")
		_, err = ParseJournalistID(bad)
		wantError(t, err, "malformed")
	}
	for _, bad := range []string{"", "-1", "+1", "01", "4294967296", " 1", "1 ", "0x1", "1e3", "١"} {
		_, err := ParsePeriod(bad)
		wantError(t, err, "malformed")
	}
	if p, err := ParsePeriod("4294967295"); err != nil || p != 1<<32-1 {
		t.Error(err)
	}
}

// TestPeriods covers where periods begin and end.
func TestPeriods(t *testing.T) {
	for _, tt := range []struct {
		now     int64
		seconds uint32
		want    Period
	}{{-1, 60, 0}, {0, 60, 0}, {59, 60, 0}, {60, 60, 1}, {testIssued, testPeriod, 2959}, {MaxTime, 60, 1<<32 - 1}, {5, 0, 0}} {
		if got := PeriodAt(tt.now, tt.seconds); got != tt.want {
			t.Errorf("%d is in period %d, not %d", tt.now, got, tt.want)
		}
	}
	if p := Period(2); p.Start(60) != 120 || p.End(60) != 180 || Period(1<<32-1).End(60) != 60<<32 {
		t.Error("a period begins or ends elsewhere")
	}
	if DayOf(-5) != 0 || DayOf(86399) != 0 || DayOf(86400) != 1 {
		t.Error("days begin elsewhere")
	}
}

// TestSmallOrderKeys shows for each listed key that a signature without any secret
// verifies under it for some message: that is why such keys are refused.
func TestSmallOrderKeys(t *testing.T) {
	for _, y := range smallOrder() {
		for _, sign := range []byte{0, 0x80} {
			key := y
			key[31] |= sign
			if goodSigningKey(key) {
				t.Errorf("%x is taken for a good key", key)
			}
		}
		if !forgeable(y) {
			t.Errorf("%x is listed, but nothing can be forged under it", y)
		}
	}
}

// forgeable tries messages with R the identity and S zero.
func forgeable(key [32]byte) bool {
	sig := make([]byte, 64)
	sig[0] = 1
	for i := range 200 {
		if ed25519.Verify(key[:], []byte{byte(i)}, sig) {
			return true
		}
	}
	return false
}

// TestOnCurve compares with keys that are points by their making, and counts that half
// of all numbers are not.
func TestOnCurve(t *testing.T) {
	points := 0
	for i := range 200 {
		if k := publicOf(keyOf(string(rune('a' + i)))); !goodSigningKey(k) {
			t.Fatalf("%x is a point", k)
		}
		y := seedOf(string(rune('a' + i)))
		y[31] &= 0x3f
		if goodSigningKey(y) {
			points++
		}
	}
	if points < 60 || points > 140 {
		t.Errorf("%d of 200 random numbers are taken for points", points)
	}
	if goodSigningKey(keyBeyond()) {
		t.Error("a number beyond p is taken for a point")
	}
}

// TestTuples covers tuples that are not well formed, and that each part counts in the
// pseudonym (M-28).
func TestTuples(t *testing.T) {
	sound := tupleOf("source")
	other := tupleOf("other")
	for name, change := range map[string]func(*Tuple){
		"DH": func(t *Tuple) { t.DH = other.DH }, "PQ": func(t *Tuple) { t.PQ = other.PQ },
		"fetch": func(t *Tuple) { t.Fetch = other.Fetch }, "PKE": func(t *Tuple) { t.PKE = other.PKE },
	} {
		changed := with(sound, change)
		if changed.Pseudonym() == sound.Pseudonym() {
			t.Errorf("another %s key has the same pseudonym", name)
		}
	}
	lowOrder := DHKey{ // order 8
		0xe0, 0xeb, 0x7a, 0x7c, 0x3b, 0x41, 0xb8, 0xae, 0x16, 0x56, 0xe3, 0xfa, 0xf1, 0x9f, 0xc4, 0x6a,
		0xda, 0x09, 0x8d, 0xeb, 0x9c, 0x32, 0xb1, 0xfd, 0x86, 0x62, 0x05, 0x16, 0x5f, 0x49, 0xb8, 0x00,
	}
	for name, change := range map[string]func(*Tuple){
		"DH zero":             func(t *Tuple) { t.DH = DHKey{} },
		"DH one":              func(t *Tuple) { t.DH = DHKey{1} },
		"DH of order 8":       func(t *Tuple) { t.DH = lowOrder },
		"DH not canonical":    func(t *Tuple) { t.DH = DHKey(keyBeyond()) },
		"DH with the top bit": func(t *Tuple) { t.DH[31] |= 0x80 },
		"PQ past the modulus": func(t *Tuple) { t.PQ[0], t.PQ[1] = 0x01, 0x0d }, // 3329
		"fetch identity":      func(t *Tuple) { t.Fetch = FetchKey{} },
		"fetch no element":    func(t *Tuple) { t.Fetch = FetchKey(keyBeyond()) },
		"PKE past modulus":    func(t *Tuple) { t.PKE[0], t.PKE[1] = 0xff, 0x0f },
		"PKE's X25519 zero":   func(t *Tuple) { clear(t.PKE[PQSize:]) },
	} {
		changed := with(sound, change)
		_, err := ParseTuple(changed.Bytes())
		t.Run(name, func(t *testing.T) { wantError(t, err, "malformed") })
	}
}

// TestNames covers what a newsroom or a person may be called.
func TestNames(t *testing.T) {
	for _, good := range []string{
		"\u0639\u0644\u06cc\u200c\u0631\u0636\u0627", // a Persian name with its non-joiner
		"A", "Вольный голос", "Ёж", "ایران", "Łódź, № 5", "a b", "\u3042", strings.Repeat("x", 96), "😀", "\u00e9",
	} {
		wantError(t, CheckName(good), "")
	}
	for _, bad := range []string{
		"", strings.Repeat("x", 97), "\xff", "a\xc0\x80", "\xed\xa0\x80", " a", "a ", "\u00a0a", "a\u3000", "a\nb", "a\tb", "a\x00", "a\x7fb",
		"a\u0085b", "a\u00adb", "a\u200bb", "a\u200db", "a\u202eb", "a\u2066b", "\ufeffa", "a\ufff9b", "\ue000", "\U000e0041", "\U0010ffff", "a\u2028b", "a\u061cb",
		"a\u200cb", "\u0639\u200c", "\u200c\u0639", "\u0639\u200c\u200c\u0639", "\u0639\u200da", "a\u3164b", "a\ufe0fb", "a\u034fb", "a\u115fb",
	} {
		wantError(t, CheckName(bad), "malformed")
		if nameFault(bad) == "" {
			t.Errorf("parsers take %q", bad)
		}
	}
	wantError(t, CheckName("e\u0301"), "malformed")
	if nameFault("e\u0301") != "" {
		t.Error("parsers ask for normal form C")
	}
}

// TestAddresses covers what a drop's address may be.
func TestAddresses(t *testing.T) {
	onion := "http://" + strings.Repeat("a", 56) + ".onion"
	for _, good := range []string{onion, onion + ":8080", "http://127.0.0.1:1", "http://a", "http://a-b.c:65535", "http://" + strings.Repeat("a", 63)} {
		wantError(t, CheckAddress(good), "")
	}
	for _, bad := range []string{
		"", "http://", "https://a", "HTTP://a", "http://A", "http://a/", "http://a/b", "http://a?", "http://a#", "http://a:", "http://a:0", "http://a:080", "http://a:65536",
		"http://a:-1", "http://a:+1", "http://a:1:2", "http://u@a", "http://.a", "http://a.", "http://a..b", "http://-a", "http://a-", "http://a b", "http://é", "http://[::1]", "http://a_b",
		" http://a", "http://a\n", "http://" + strings.Repeat("a", 64), "http://" + strings.Repeat("a.", 61) + "a",
	} {
		wantError(t, CheckAddress(bad), "malformed")
	}
}

// TestWork covers work that is good for one subject, hour and newsroom only.
func TestWork(t *testing.T) {
	subject := Hash(seedOf("subject"))
	counter, err := DoWork(t.Context(), NewsroomKey{1}, 5, subject, 3, 10)
	if err != nil {
		t.Fatal(err)
	}
	wantError(t, CheckWork(NewsroomKey{1}, 5, subject, counter, 3, 10), "")
	wantError(t, CheckWork(NewsroomKey{1}, 5, subject, counter, 3, 0), "")
	misses := 0
	for _, ok := range []bool{
		WorkDone(NewsroomKey{2}, 5, subject, counter, 3, 10), WorkDone(NewsroomKey{1}, 6, subject, counter, 3, 10),
		WorkDone(NewsroomKey{1}, 5, Hash{}, counter, 3, 10), WorkDone(NewsroomKey{1}, 5, subject, counter+1, 3, 10),
		WorkDone(NewsroomKey{1}, 5, subject, counter, 4, 10), WorkDone(NewsroomKey{1}, 5, subject, counter, 3, 60),
	} {
		if !ok {
			misses++
		}
	}
	if misses < 5 { // each would pass by chance once in 1,024 times
		t.Errorf("work is good for other things: %d of 6 are refused", misses)
	}
	wantError(t, CheckWork(NewsroomKey{1}, 5, subject, counter, 3, 256), "work")
	for slot, want := range map[uint64]string{7: "expired", 8: "", 10: "", 12: "", 13: "expired", 0: "expired", 1<<64 - 1: "expired"} {
		wantError(t, CheckWorkSlot(slot, 10), want)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	if _, err := DoWork(ctx, NewsroomKey{1}, 5, subject, 1, 256); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("endless work ends with %v", err)
	}
	if s := DefaultSchedule(); s.WorkSlot(-1) != 0 || s.WorkSlot(7199) != 1 {
		t.Error("hours begin elsewhere")
	}
}

// TestPadme covers the number of chunks: never fewer, an eighth more at most, few
// different ones.
func TestPadme(t *testing.T) {
	for in, want := range map[int]int{-1: 1, 0: 1, 1: 1, 2: 2, 3: 3, 4: 4, 5: 5, 8: 8, 9: 10, 11: 12, 17: 18, 33: 36, 62: 64, 64: 64, 65: 72, 1000: 1024, 16384: 16384} {
		if got := Padme(in); got != want {
			t.Errorf("%d chunks become %d, not %d", in, got, want)
		}
	}
	different := map[int]bool{}
	for n := 1; n <= 16384; n++ {
		got := Padme(n)
		different[got] = true
		if got < n || float64(got) > 1.12*float64(n)+1 || Padme(got) != got {
			t.Fatalf("%d chunks become %d", n, got)
		}
	}
	if len(different) > 150 {
		t.Errorf("%d different numbers of chunks tell too much", len(different))
	}
}

// TestLogsAndSchedule covers names and numbers of the three logs.
func TestLogsAndSchedule(t *testing.T) {
	s := DefaultSchedule()
	for _, tt := range []struct {
		log      Log
		name     string
		interval int64
		kept     uint64
	}{{Letters, "letters", 3600, 1080}, {Replies, "replies", 21600, 120}, {Desk, "desk", 3600, 720}, {9, "log 9", 0, 0}} {
		if tt.log.String() != tt.name || s.Interval(tt.log) != tt.interval || s.Kept(tt.log) != tt.kept {
			t.Errorf("%s is something else", tt.name)
		}
	}
}
