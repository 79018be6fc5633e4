package document

import (
	"context"
	"errors"
	"io"
	"strings"
	"time"

	"github.com/klippa-app/go-pdfium"
	pdferrors "github.com/klippa-app/go-pdfium/errors"
	"github.com/klippa-app/go-pdfium/references"
	"github.com/klippa-app/go-pdfium/requests"
	"github.com/klippa-app/go-pdfium/webassembly"
	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental"

	"maieutic/tutor"
)

const (
	maxPages = 300
	// fewPages are read sooner by interpreting PDFium than by compiling it first,
	// which takes two seconds.
	fewPages = 8
	// sandboxPages is the memory that PDFium may have, in pages of 64 KiB.
	sandboxPages = 192 << 20 / (64 << 10)
	startWithin  = time.Minute
)

// readPDF reads a PDF with PDFium, which runs in a WebAssembly sandbox without
// files, network or environment.
func (d *Document) readPDF(ctx context.Context, raw []byte) error {
	p, err := openPDF(ctx, raw, wazero.NewRuntimeConfigInterpreter())
	if err != nil {
		return err
	}
	if p.pages > maxPages {
		p.close()
		return tutor.Errorf(tutor.CodeInvalid, "This PDF has %d pages; %d is the most that can be read. Copy the part that you mean and paste it.", p.pages, maxPages)
	}
	if p.pages > fewPages {
		p.close()
		if p, err = openPDF(ctx, raw, wazero.NewRuntimeConfig()); err != nil {
			return err
		}
	}
	defer p.close()
	pages := make([][]line, p.pages)
	for i := range pages {
		if pages[i], err = p.lines(i); err != nil {
			return err
		}
	}
	d.layOut(pages)
	if strings.TrimSpace(d.Text) == "" {
		return tutor.Errorf(tutor.CodeInvalid, "There is no text in this PDF: its pages are pictures, perhaps from a scanner. Type the text, or paste it from where it was written.")
	}
	return nil
}

// openFile is a PDF in a sandbox of its own.
type openFile struct {
	pool     pdfium.Pool
	instance pdfium.Pdfium
	document references.FPDF_DOCUMENT
	pages    int
}

func openPDF(ctx context.Context, raw []byte, runtime wazero.RuntimeConfig) (*openFile, error) {
	runtime = runtime.WithCoreFeatures(api.CoreFeaturesV2 | experimental.CoreFeaturesExceptionHandling).WithMemoryLimitPages(sandboxPages)
	pool, err := webassembly.Init(webassembly.Config{
		Context: ctx, MaxIdle: 1, MaxTotal: 1, RuntimeConfig: runtime, FSConfig: wazero.NewFSConfig(), Stdout: io.Discard, Stderr: io.Discard,
	})
	if err != nil {
		return nil, tutor.WrapError(err, tutor.CodeInternal, "PDF files cannot be read just now. Copy the text and paste it instead.")
	}
	p := &openFile{pool: pool}
	if p.instance, err = pool.GetInstance(startWithin); err != nil {
		p.close()
		return nil, tutor.WrapError(err, tutor.CodeInternal, "PDF files cannot be read just now. Copy the text and paste it instead.")
	}
	if err := p.open(raw); err != nil {
		p.close()
		return nil, err
	}
	return p, nil
}

func (p *openFile) open(raw []byte) error {
	opened, err := p.instance.OpenDocument(&requests.OpenDocument{File: &raw})
	switch {
	case errors.Is(err, pdferrors.ErrPassword) || errors.Is(err, pdferrors.ErrSecurity):
		return tutor.Errorf(tutor.CodeInvalid, "This PDF is protected by a password. Save it without one, or copy its text and paste it.")
	case err != nil:
		return damaged(err)
	}
	p.document = opened.Document
	count, err := p.instance.FPDF_GetPageCount(&requests.FPDF_GetPageCount{Document: p.document})
	if err != nil {
		return damaged(err)
	}
	p.pages = count.PageCount
	return nil
}

func damaged(err error) error {
	return tutor.WrapError(err, tutor.CodeInvalid, "This PDF is damaged. Save it again, or copy its text and paste it.")
}

// brokenWord is what PDFium writes for a hyphen at the end of a line, and for the
// end of the line.
const brokenWord = "\u0002"

// lines reads the lines of one page, counted from 0. PDFium puts in the spaces and
// line ends that a page only shows, and turns some words of right-to-left scripts
// round.
func (p *openFile) lines(page int) ([]line, error) {
	text, err := p.instance.GetPageTextStructured(&requests.GetPageTextStructured{
		Page: requests.Page{ByIndex: &requests.PageByIndex{Document: p.document, Index: page}},
		Mode: requests.GetPageTextStructuredModeChars,
	})
	if err != nil {
		return nil, damaged(err)
	}
	var lines, word []line
	var now line
	endWord := func() {
		turn(word)
		for _, c := range word {
			now.extend(c.text, c)
		}
		word = word[:0]
	}
	end := func() {
		endWord()
		last := len(lines) - 1
		switch {
		case strings.TrimSpace(now.text) == "":
		case last >= 0 && lines[last].beside(now):
			lines[last].append(now)
		default:
			lines = append(lines, now)
		}
		now = line{}
	}
	for _, c := range text.Chars {
		switch c.Text {
		case "\r", "\n":
			end()
			continue
		case brokenWord:
			endWord()
			now.text += c.Text
			end()
			continue
		}
		if strings.TrimSpace(c.Text) == "" {
			endWord()
			now.text += c.Text
			continue
		}
		word = append(word, line{text: c.Text, left: c.PointPosition.Left, right: c.PointPosition.Right, top: c.PointPosition.Top, bottom: c.PointPosition.Bottom})
	}
	end()
	return lines, nil
}

// close ends the sandbox with everything in it.
func (p *openFile) close() {
	if p.instance != nil {
		_ = p.instance.Close()
	}
	_ = p.pool.Close()
}
