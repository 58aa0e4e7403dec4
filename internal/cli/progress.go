// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"fmt"
	"sync"
	"time"
)

// drawEvery is the least time between two drawings of a progress line.
const drawEvery = 100 * time.Millisecond

// Progress tells how far a long piece of work has come. Its methods may be
// called from several goroutines.
type Progress struct {
	env   *Env
	label string
	total int64
	live  bool // drawing on a terminal
	now   func() time.Time

	mu    sync.Mutex // guards what follows
	done  int64
	drawn time.Time
	ended bool
}

// Progress begins to show label with how much of total is done, in whatever
// unit [Progress.Add] counts; total 0 means that nobody knows. On a terminal
// one line is redrawn at most ten times a second; elsewhere only
// [Progress.Done] prints.
func (e *Env) Progress(label string, total int64) *Progress {
	return &Progress{env: e, label: label, total: total, live: e.Terminal(), now: time.Now}
}

// Add counts n more units as done.
func (p *Progress) Add(n int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.done += n
	if !p.live || p.ended || p.now().Sub(p.drawn) < drawEvery {
		return
	}
	p.drawn = p.now()
	p.env.Notef("\r%s", p.line())
}

// Done ends the display with one last line. Calls after the first do nothing,
// so it can be deferred and also be called at the right moment.
func (p *Progress) Done() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.ended {
		return
	}
	p.ended = true
	if p.live {
		p.env.Notef("\r%s\n", p.line())
		return
	}
	p.env.Notef("%s\n", p.line())
}

// line never gets shorter as the work goes on, so a redrawn line leaves no
// rest of the former one behind.
func (p *Progress) line() string {
	if p.total <= 0 {
		return fmt.Sprintf("%s: %d", p.label, p.done)
	}
	return fmt.Sprintf("%s: %3d %%", p.label, min(100, int(float64(p.done)/float64(p.total)*100)))
}
