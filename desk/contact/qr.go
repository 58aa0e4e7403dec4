// SPDX-License-Identifier: Apache-2.0

package contact

import (
	"fmt"
	"html/template"
	"strings"

	"rsc.io/qr"
)

// quietZone is the white margin, in modules, that readers ask for (ISO/IEC 18004).
const quietZone = 4

// qrSVG draws text as a QR code, dark on white whatever the page around it.
// Level Q still reads with a quarter of it lost: cards get creased.
func qrSVG(text string) (template.HTML, error) {
	code, err := qr.Encode(text, qr.Q)
	if err != nil {
		return "", fmt.Errorf("draw the address: %w", err)
	}
	side := code.Size + 2*quietZone
	var b strings.Builder
	fmt.Fprintf(&b, `<svg class="qr" viewBox="0 0 %d %d" shape-rendering="crispEdges" aria-hidden="true">`, side, side)
	fmt.Fprintf(&b, `<rect width="%d" height="%d" fill="#fff"/><path fill="#000" d="`, side, side)
	for y := range code.Size {
		drawRow(&b, code, y)
	}
	b.WriteString(`"/></svg>`)
	return template.HTML(b.String()), nil
}

// drawRow adds a rectangle for each run of dark modules.
func drawRow(b *strings.Builder, code *qr.Code, y int) {
	for x := 0; x < code.Size; x++ {
		start := x
		for x < code.Size && code.Black(x, y) {
			x++
		}
		if x > start {
			fmt.Fprintf(b, "M%d %dh%dv1h-%dz", start+quietZone, y+quietZone, x-start, x-start)
		}
	}
}
