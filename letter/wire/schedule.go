// SPDX-License-Identifier: Apache-2.0

package wire

const (
	maxInterval   = 86_400
	maxKept       = 65_536
	maxIterations = 1_000_000
	maxBits       = 24
	// keptFactor is how many times the pages kept a view of the replies log reaches
	// back as leaf hashes (spec/drop.md §2).
	keptFactor = 4
)

// Schedule is what a roster says of rhythm and limits (spec/keys.md §4).
type Schedule struct {
	LettersEvery, RepliesEvery, DeskEvery uint32 // seconds between sealings
	Slots                                 int    // reply slots a page
	LettersKept, RepliesKept, DeskKept    uint32 // pages
	Chunks                                int    // a letter may bring without a permit
	WorkIterations                        uint32
	WorkBits                              int
}

// DefaultSchedule is that of a newsroom in earnest.
func DefaultSchedule() Schedule {
	return Schedule{
		LettersEvery: 3600, RepliesEvery: 21600, DeskEvery: 3600,
		Slots:       8,
		LettersKept: 1080, RepliesKept: 120, DeskKept: 720,
		Chunks:         MaxFreeChunks,
		WorkIterations: 1000,
		WorkBits:       8,
	}
}

// Interval is the number of seconds between sealings of the log; 0 for no log.
func (s Schedule) Interval(l Log) int64 {
	switch l {
	case Letters:
		return int64(s.LettersEvery)
	case Replies:
		return int64(s.RepliesEvery)
	case Desk:
		return int64(s.DeskEvery)
	}
	return 0
}

// Kept is the number of pages that the drop keeps of the log; 0 for no log.
func (s Schedule) Kept(l Log) uint64 {
	switch l {
	case Letters:
		return uint64(s.LettersKept)
	case Replies:
		return uint64(s.RepliesKept)
	case Desk:
		return uint64(s.DeskKept)
	}
	return 0
}

// WorkSlot is the hour to which work done at the given Unix second is bound
// (spec/drop.md §8).
func (s Schedule) WorkSlot(now int64) uint64 {
	if now < 0 || s.LettersEvery == 0 {
		return 0
	}
	return uint64(now / int64(s.LettersEvery))
}

// keepsMore reports whether s keeps more pages of some log than old did. What is
// deleted cannot be served again (spec/keys.md §4).
func (s Schedule) keepsMore(old Schedule) bool {
	return s.LettersKept > old.LettersKept || s.RepliesKept > old.RepliesKept || s.DeskKept > old.DeskKept
}

// MaxViewBytes is the greatest length of everyone's view of the replies log, and so
// of the week's, under this schedule: the bound to give ReadView. It holds for pages
// sealed under earlier rosters too, because slots do not fall while the logs are the
// same (spec/keys.md §4).
func (s Schedule) MaxViewBytes() int64 {
	page := int64(PageHeaderSize + 1 + s.Slots*ReplySize)
	hashes := int64(64 + keptFactor*int(s.RepliesKept))
	return viewFixed + 32*hashes + int64(s.RepliesKept)*page
}

func (w *writer) schedule(s Schedule) {
	w.u32(s.LettersEvery)
	w.u32(s.RepliesEvery)
	w.u32(s.DeskEvery)
	w.u8(s.Slots)
	w.u32(s.LettersKept)
	w.u32(s.RepliesKept)
	w.u32(s.DeskKept)
	w.u16(s.Chunks)
	w.u32(s.WorkIterations)
	w.u8(s.WorkBits)
}

func (r *reader) schedule() (s Schedule) {
	s.LettersEvery = r.within32("letters interval", 1, maxInterval)
	s.RepliesEvery = r.within32("replies interval", 1, maxInterval)
	s.DeskEvery = r.within32("desk interval", 1, maxInterval)
	s.Slots = r.count8("slots", 1, MaxSlots)
	s.LettersKept = r.within32("letters kept", 1, maxKept)
	s.RepliesKept = r.within32("replies kept", 1, MaxViewPages)
	s.DeskKept = r.within32("desk pages kept", 1, maxKept)
	s.Chunks = int(r.u16())
	r.require(s.Chunks <= MaxFreeChunks, "%d chunks without a permit", s.Chunks)
	s.WorkIterations = r.within32("work iterations", 1, maxIterations)
	s.WorkBits = r.count8("work bits", 0, maxBits)
	return s
}
