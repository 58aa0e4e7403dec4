// SPDX-License-Identifier: Apache-2.0

package search

import (
	"strings"
	"testing"
)

// inflections are rows of forms of one word, each of which must find every other.
func inflections() map[string][]string {
	return map[string][]string{
		"en": {
			"letter letters letter's", "source sources source's", "carry carries carried carrying",
			"archive archives archived archiving", "report reports reported reporting", "box boxes",
			"agency agencies", "arrest arrests arrested arresting", "prison prisons", "order orders ordered",
		},
		"ru": {
			"архив архива архиву архивом архиве архивы архивов архивам архивами архивах",
			"письмо письма письму письмом письме письмам письмами письмах",
			"источник источника источнику источником источники источников источникам",
			"служба службы службе службу службой служб службам службами",
			"сотрудник сотрудника сотрудники сотрудников сотрудникам сотрудниками",
			"приказ приказа приказу приказом приказы приказов",
			"секретный секретного секретному секретным секретные секретных секретная секретной секретную",
			"сообщил сообщила сообщили сообщить сообщит", "задержан задержана задержаны",
			"взрыв взрыва взрывы взрывов", "отчёт отчета отчёты отчетов отчётом", "тюрьма тюрьмы тюрьме тюрьму тюрьмой",
			"деньги деньгами деньгам", "объект объекта объекту объекты объектов",
		},
		"uk": {
			"архів архіву архіві архівом архіви архівів архівам архівами архівах",
			"лист листа листу листом листи листів листам листами листах",
			"служба служби службі службу службою служб службам службами",
			"робітник робітника робітникові робітником робітники робітників робітникам",
			"український українського українському українським українська української українську українські українських",
			"звільнення звільненню звільненням звільнень", "звільнити звільнив звільнила звільнили звільнить звільнять звільнений",
			"друкувати друкую друкує друкують друкував друкувала друкували",
			"армія армії армію армією армій арміям", "будинок будинку будинком будинки будинків",
			"Харків Харкова Харкову Харковом", "рік року роком роки років", "Київ Києва Києву Києвом Києві",
			"солдат солдата солдати солдатів солдатам", "відповідальність відповідальності відповідальністю",
			"в'язниця в’язниці вʼязницю вязницею в'язниць", "об'єкт об’єкта обʼєкти обєктів",
			"книжка книжки книжок книжкою", "держава держави державу державою держав", "музей музею музеї музеїв музеєм",
			"наказ наказу наказом накази наказів", "читати читає читають читав читала читали читаючи", "українець українця українці українців",
			"ґрунт ґрунту грунту", "Львів Львова Львову", "справа справи справу справ справам", "зустрічатися зустрічалися зустрічаються",
		},
	}
}

// TestInflections finds each form by each other.
func TestInflections(t *testing.T) {
	for lang, rows := range inflections() {
		for _, row := range rows {
			forms := strings.Fields(row)
			for _, written := range forms {
				x := New()
				x.Put(Key{ID: "1"}, "… "+written+".")
				for _, sought := range forms {
					found, err := x.Search(sought, Options{})
					if err != nil {
						t.Fatal(err)
					}
					want := 1
					if strings.HasPrefix(written, "над") != strings.HasPrefix(sought, "над") {
						want = 0
					}
					if found.Total != want {
						t.Errorf("%s: %q finds %q %d times, want %d (stems %q and %q)", lang, sought, written, found.Total, want, stems(sought), stems(written))
					}
				}
			}
		}
	}
}

func stems(s string) [][]string {
	var out [][]string
	for _, f := range forms(s) {
		out = append(out, stemsOf(f))
	}
	return out
}

// TestWhatStemsDoNotDo is here so that nobody believes more than is so: these
// pairs are forms of one word and do not meet, or meet and are not.
func TestWhatStemsDoNotDo(t *testing.T) {
	for _, tt := range []struct {
		written, sought string
		found           bool
	}{
		{"вынесли", "вынести", false}, // Snowball has no rule for it
		{"деньги", "денег", false},    // a vowel that comes and goes
		{"пише", "писати", false},     // the stem changes
		{"папір", "паперу", false},    // і for е
		{"went", "go", false},
		{"друк", "друкувати", true}, // related, and welcome
		{"від", "вода", false},      // but not this, which is in every letter
	} {
		x := New()
		x.Put(Key{ID: "1"}, tt.written)
		if found, _ := x.Search(tt.sought, Options{}); (found.Total == 1) != tt.found {
			t.Errorf("%q finds %q: %v, want %v", tt.sought, tt.written, !tt.found, tt.found)
		}
	}
}
