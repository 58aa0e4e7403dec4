// SPDX-License-Identifier: Apache-2.0

package source

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"

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
			if putErr = v.sender().Put(ctx, &d.upload, v.requestTicket, id, chunk); putErr != nil {
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

// requestTicket makes a request for a ticket, with its work (spec/attachments.md §3).
func (v *Visit) requestTicket(ctx context.Context) ([]byte, error) {
	req := wire.TicketRequest{Newsroom: v.key()}
	_, _ = rand.Read(req.Random[:]) // crypto/rand.Read cannot fail; it ends the program instead
	var err error
	if req.Slot, req.Counter, err = v.work(ctx, req.Subject()); err != nil {
		return nil, err
	}
	b, err := req.Encode()
	if err != nil {
		return nil, fmt.Errorf("write the ticket request: %w", err)
	}
	return b, nil
}
