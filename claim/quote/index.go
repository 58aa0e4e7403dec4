// SPDX-License-Identifier: Apache-2.0

package quote

import (
	"fmt"
	"sort"
	"strings"
)

const (
	shingle   = 3   // words in a row that make a seed
	maxSteps  = 512 // links followed in a chain of the index
	maxHits   = 64  // places taken of one shingle
	maxCommon = 200 // a word that stands more often than this is no seed of a short quotation
)

// Index finds words in published texts. It is made once and only read then.
type Index struct {
	texts []Text
	ids   map[string]int32 // of a word's skeleton, from 1; 0 is for words of no text
	words []int32          // all texts in a row
	at    []word           // where each stands in its paragraph
	paras []paragraph
	begin []int32 // the first word of each text; one more at the end

	heads, links []int32 // chains of the places of shingles, by hash
	posts        []int32 // the places of each word, by id
	postsAt      []int32
}

// paragraph is one paragraph of a text; its words are [first, next paragraph's first).
type paragraph struct {
	text, number int // number 0 is the title
	first        int32
	raw          string
}

// NewIndex reads the texts through once, in time and memory linear in their
// length. Where words stand in several, the earlier text is named.
func NewIndex(texts []Text) (*Index, error) {
	x := &Index{texts: texts, ids: make(map[string]int32)}
	for t := range texts {
		if err := x.addText(t); err != nil {
			return nil, err
		}
	}
	x.begin = append(x.begin, int32(len(x.words)))
	x.chain()
	x.post()
	return x, nil
}

func (x *Index) addText(t int) error {
	x.begin = append(x.begin, int32(len(x.words)))
	for n, p := range x.texts[t].Paragraphs {
		if !x.texts[t].HasTitle {
			n++
		}
		x.paras = append(x.paras, paragraph{t, n, int32(len(x.words)), p})
		for _, w := range split(p) {
			x.words = append(x.words, x.idOf(p[w.start:w.end]))
			x.at = append(x.at, w)
		}
		if len(x.words) > MaxWords {
			return fmt.Errorf("the published texts have more than %d words together", MaxWords)
		}
	}
	return nil
}

func (x *Index) idOf(raw string) int32 {
	key := skeleton(plain(raw))
	id, ok := x.ids[key]
	if !ok {
		id = int32(len(x.ids) + 1)
		x.ids[strings.Clone(key)] = id
	}
	return id
}

// chain links the places of shingles with the same hash, earliest first.
func (x *Index) chain() {
	size := 1 << 10
	for size < len(x.words) {
		size *= 2
	}
	x.heads, x.links = make([]int32, size), make([]int32, len(x.words))
	for i := range x.heads {
		x.heads[i] = -1
	}
	for p := len(x.words) - shingle; p >= 0; p-- {
		h := x.hash(x.words[p : p+shingle])
		x.links[p], x.heads[h] = x.heads[h], int32(p)
	}
}

func (x *Index) hash(w []int32) uint32 {
	h := uint64(0)
	for _, id := range w {
		h = (h ^ uint64(uint32(id))) * 0x9E3779B97F4A7C15
		h ^= h >> 29
	}
	return uint32(h>>32) & uint32(len(x.heads)-1)
}

// post lists the places of every word, by counting.
func (x *Index) post() {
	x.postsAt = make([]int32, len(x.ids)+2)
	for _, id := range x.words {
		x.postsAt[id+1]++
	}
	for i := 1; i < len(x.postsAt); i++ {
		x.postsAt[i] += x.postsAt[i-1]
	}
	x.posts = make([]int32, len(x.words))
	next := append([]int32(nil), x.postsAt...)
	for p, id := range x.words {
		x.posts[next[id]] = int32(p)
		next[id]++
	}
}

func (x *Index) places(id int32) []int32 { return x.posts[x.postsAt[id]:x.postsAt[id+1]] }

// textAt gives the text that holds a word.
func (x *Index) textAt(p int32) int {
	return sort.Search(len(x.texts), func(t int) bool { return x.begin[t+1] > p })
}

// paraAt gives the paragraph that holds a word.
func (x *Index) paraAt(p int32) paragraph { return x.paras[x.paraIndex(p)] }

func (x *Index) paraIndex(p int32) int {
	return sort.Search(len(x.paras), func(i int) bool { return x.paras[i].first > p }) - 1
}

// raw gives one word as published.
func (x *Index) raw(p int32) string {
	w := x.at[p]
	return x.paraAt(p).raw[w.start:w.end]
}

// opens reports whether a word begins a sentence or a paragraph.
func (x *Index) opens(p int32) bool {
	para := x.paraAt(p)
	return p == para.first || opensSentence(para.raw, x.at[p].start)
}

// between gives the words [from, to) as published.
func (x *Index) between(from, to int32) string {
	if from >= to {
		return ""
	}
	var out strings.Builder
	for from < to {
		i := x.paraIndex(from)
		end := to
		if i+1 < len(x.paras) {
			end = min(end, x.paras[i+1].first)
		}
		if out.Len() > 0 {
			out.WriteString(" ¶ ")
		}
		out.WriteString(x.paras[i].raw[x.at[from].start:x.at[end-1].end])
		from = end
	}
	return out.String()
}
