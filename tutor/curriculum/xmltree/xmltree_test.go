package xmltree_test

import (
	"errors"
	"strings"
	"testing"

	"maieutic/tutor"
	"maieutic/tutor/curriculum/xmltree"
)

func TestParse(t *testing.T) {
	root, err := xmltree.Parse("a.xml", []byte("\xef\xbb\xbf<?xml version=\"1.0\"?><!DOCTYPE a PUBLIC \"-//X//EN\" \"http://example.org/a.dtd\">\n<p:a xmlns:p=\"urn:x\" class=\"k l\">x<!-- c -->y&amp;&nbsp;<b id=\"1\"/>\n<c>z<d/></c></p:a>\n"))
	if err != nil {
		t.Fatal(err)
	}
	if root.Name != "a" || root.Space != "urn:x" || !root.Has("l") || root.Has("m") || root.Line != 2 {
		t.Errorf("root %+v", root)
	}
	if root.Children[0].Text != "xy&\u00a0" || root.Child("b").Attr("id") != "1" || root.Content() != "xy& z" || len(root.Find("d")) != 1 {
		t.Errorf("children %+v, content %q", root.Children, root.Content())
	}
	if root.Child("c").Line != 3 || root.Child("nothing", "") != nil {
		t.Errorf("c is on line %d", root.Child("c").Line)
	}
}

func TestEncodings(t *testing.T) {
	root, err := xmltree.Parse("a.xml", []byte("<?xml version='1.0' encoding='ISO-8859-1'?><a>caf\xe9</a>"))
	if err != nil || root.Content() != "café" {
		t.Errorf("%v, %v", root, err)
	}
}

// Nothing is expanded, nothing is fetched, nothing grows without a bound.
func TestRefused(t *testing.T) {
	laughs := `<!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;">]><l>&c;</l>`
	for why, text := range map[string]string{
		"a.xml:1: declares a document type of its own": laughs,
		"declares a document type":                     `<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>`,
		"document type of its own":                     "<a/><!ENTITY x 'y'>",
		"invalid character entity &x;":                 `<!DOCTYPE a SYSTEM "http://example.org/evil.dtd"><a>&x;</a>`,
		"more than 200 deep":                           strings.Repeat("<a>", 300),
		"more than 200 attributes":                     "<a " + strings.Repeat("x='' ", 300) + "/>",
		"more than 500000":                             "<a>" + strings.Repeat("<b/>", 500_001) + "</a>",
		"larger than 16 MiB":                           strings.Repeat(" ", 17<<20),
		"is broken XML":                                "<a><b></a>",
		"unexpected EOF":                               "<a>",
		"second root":                                  "<a/><b/>",
		"outside its root":                             "<a/>x",
		"no XML element":                               "<!-- nothing -->",
		"UTF-16":                                       "\xff\xfe<\x00a\x00/\x00>\x00",
		"the encoding":                                 "<?xml version='1.0' encoding='EBCDIC'?><a/>",
	} {
		_, err := xmltree.Parse("a.xml", []byte(text))
		var coded *tutor.Error
		if !errors.As(err, &coded) || coded.Code != tutor.CodeInvalid || !strings.Contains(err.Error(), why) || !strings.Contains(err.Error(), "a.xml") {
			t.Errorf("%s: %.200v", why, err)
		}
	}
}
