// SPDX-License-Identifier: Apache-2.0

package source

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"slices"

	"tamizdat/drop"
	"tamizdat/letter"
	"tamizdat/letter/wire"
)

// upload seals the draft's files and brings the chunks that the drop has not
// answered for yet. One chunk is in flight at a time; what is done is done, so
// a later call goes on behind it.
func (v *Visit) upload(ctx context.Context, d *Draft, progress func(done, total int64)) error {
	if d.parcel == nil || d.letter.Parcel != nil {
		return nil
	}
	var putErr error
	err := d.parcel.SealAll(ctx, d.openFile, func(i int, id wire.ChunkID, chunk []byte) error {
		if i >= d.stored {
			if putErr = v.putChunk(ctx, d, id, chunk); putErr != nil {
				return putErr
			}
			d.stored = i + 1
		}
		if progress != nil {
			progress(int64(i+1)*wire.ChunkSize, int64(d.Chunks())*wire.ChunkSize)
		}
		return nil
	})
	switch {
	case putErr != nil:
		return v.blame(ctx, "files", putErr)
	case errors.Is(err, letter.ErrFileChanged):
		return fmt.Errorf("%w; begin a new letter with it", err)
	case err != nil:
		return fmt.Errorf("read and seal the files: %w", err)
	}
	return nil
}

func (d *Draft) openFile(i int) (io.ReadCloser, error) { return d.files[i].Open() }

// putChunk brings one chunk, again and again while no answer comes.
func (v *Visit) putChunk(ctx context.Context, d *Draft, id wire.ChunkID, chunk []byte) error {
	var err error
	for try := range maxTries {
		if err := v.pause(ctx, try); err != nil {
			return err
		}
		if err = v.tryChunk(ctx, d, id, chunk, try > 0); err == nil {
			return nil
		}
		if answered(err) && !errors.Is(err, drop.ErrAbsent) {
			return err
		}
	}
	return err
}

// tryChunk is one try. After a cut the drop is asked first what it has. A
// ticket that it forgot is replaced at the next try; what it answered for
// under the old one stays answered for.
func (v *Visit) tryChunk(ctx context.Context, d *Draft, id wire.ChunkID, chunk []byte, again bool) error {
	if !d.open {
		if err := v.openTicket(ctx, d); err != nil {
			return err
		}
		again = false
	}
	var err error
	if again {
		var have []wire.ChunkID
		have, err = v.drop.TicketChunks(ctx, d.ticket)
		if err == nil && slices.Contains(have, id) {
			return nil
		}
	}
	if err == nil {
		err = v.drop.PutChunk(ctx, d.ticket, id, chunk)
	}
	if errors.Is(err, drop.ErrAbsent) {
		d.open = false
	}
	return err
}

// openTicket opens an upload with work (spec/attachments.md §3). A request that
// got no answer is sent again as it was; the drop then knows it.
func (v *Visit) openTicket(ctx context.Context, d *Draft) error {
	if d.request == nil {
		if err := v.requestTicket(ctx, d); err != nil {
			return err
		}
	}
	ticket, err := v.drop.OpenTicket(ctx, d.request)
	if err == nil || answered(err) {
		d.request = nil
	}
	if err == nil {
		d.ticket, d.open = ticket, true
	}
	return err
}

func (v *Visit) requestTicket(ctx context.Context, d *Draft) error {
	req := wire.TicketRequest{Newsroom: v.key()}
	_, _ = rand.Read(req.Random[:]) // crypto/rand.Read cannot fail; it ends the program instead
	var err error
	if req.Slot, req.Counter, err = v.work(ctx, req.Subject()); err != nil {
		return err
	}
	if d.request, err = req.Encode(); err != nil {
		return fmt.Errorf("write the ticket request: %w", err)
	}
	return nil
}
