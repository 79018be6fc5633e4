package privacy

import (
	"net/netip"
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// pattern finds one kind of detail that has a shape of its own. A text is
// searched only around its hints, which are lower case; no hints stand for any
// run of four digits.
type pattern struct {
	kind  string
	hints []string
	re    *regexp.Regexp
	group int // of re: what is replaced
	valid func(text string, start, end int) bool
}

var (
	schemes = []string{"://", "www.", ".com/", ".me/", ".net/", ".org/", ".tv/", ".gg/"}
	streets = []string{" st", " road", " rd", " ave", " lane", " ln", " dr", " boulevard", " blvd", " court", " ct", " way", " place", " square", " close", " terrace", " crescent"}
	spain   = []string{"calle ", "c/", "avenida", "avda", "plaza", "paseo", "camino", "carretera", "شارع"}
	german  = []string{"straße ", "strasse ", "str. ", "weg ", "platz ", "allee ", "gasse "}
	births  = []string{"born", "birth", "dob", "naci", "nací", "cumple", "ولد", "ميلاد", "مواليد", "gebor", "geburt"}
	ids     = []string{"my ", "student ", "pupil ", "school ", "id:", "id ", "id#", "número de", "numero de", "matr", "expediente", "carn", "رقم"}
)

const (
	monthNames = `(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|ene|abr|ago|dic|mai|okt|dez)\pL*\.?|` +
		`يناير|فبراير|مارس|[أا]بريل|مايو|يونيو|يوليو|[أا]غسطس|سبتمبر|[أا]كتوبر|نوفمبر|ديسمبر`
	dateForm = `\p{Nd}{1,4}\s?[./-]\s?\p{Nd}{1,2}\s?[./-]\s?\p{Nd}{1,4}|` +
		`\p{Nd}{1,2}(?:st|nd|rd|th|\.)?\s(?:of\s|de\s)?(?:` + monthNames + `)(?:\s?,?\s(?:de[l]?\s|of\s)?\p{Nd}{2,4})?|` +
		`(?:` + monthNames + `)\s\p{Nd}{1,2}(?:st|nd|rd|th)?(?:,?\s\p{Nd}{4})?`
)

// details are tried in this order; what one has found the next do not see.
var details = []pattern{
	{kind: "URL", hints: schemes, re: regexp.MustCompile(`(?i)(?:\b[a-z][a-z+.-]{1,9}://|\bwww\.|\b(?:[a-z0-9-]+\.)*(?:` + hosts + `)/)[^\s<>"'\x1a\[\]{}()]+`), valid: personal},
	{kind: "EMAIL", hints: []string{"@"}, re: regexp.MustCompile(`[\pL\pM\pN._%+-]*[\pL\pN_%+-]@[\pL\pN-]+(?:\.[\pL\pN-]+)*\.\pL{2,}`)},
	{kind: "EMAIL", hints: []string{" dot ", "(at)", "[at]", "(dot)", "[dot]", " arroba ", " punto ", "{at}"}, re: regexp.MustCompile(
		`(?i)[\pL\pN_%+-]+(?:(?:\.|\s?[(\[{](?:dot|punto)[)\]}]\s?|\s(?:dot|punto)\s)[\pL\pN_%+-]+)*` +
			`(?:\s?[(\[{](?:at|arroba)[)\]}]\s?|\s(?:at|arroba)\s|\s?@\s?)[\pL\pN-]+` +
			`(?:(?:\.|\s?[(\[{](?:dot|punto)[)\]}]\s?|\s(?:dot|punto)\s)[\pL\pN-]+)+`)},
	{kind: "IBAN", re: regexp.MustCompile(`(?i)\b[a-z]{2}\d{2}(?:[ -]?[a-z0-9]{4}){2,7}(?:[ -]?[a-z0-9]{1,3})?\b`), valid: iban},
	{kind: "CARD", re: regexp.MustCompile(`\b[3-6]\d{3}(?:[ -]?\d{4}){2}[ -]?\d{1,7}\b|\b3\d{3}[ -]?\d{6}[ -]?\d{5}\b`), valid: card},
	{kind: "IP", hints: []string{"."}, re: regexp.MustCompile(`\b\d{1,3}(?:\.\d{1,3}){3}\b`), valid: ipv4},
	{kind: "IP", hints: []string{":"}, re: regexp.MustCompile(`(?i)(?:[0-9a-f]{0,4}:){3,7}[0-9a-f]{1,4}`), valid: ipv6},
	{kind: "DATE", hints: births, re: regexp.MustCompile(`(?i)(?:born|birth|\bdob\b|\bnac[ií]|cumplea|\bcumplo|ولدت|ميلاد|مواليد|gebor|geburts)[^.!?\n\x1a]{0,40}?(` + dateForm + `)`), group: 1},
	{kind: "ID", hints: ids, re: regexp.MustCompile(`(?i)(?:\b(?:my|student|pupil|school)\s(?:student\s|school\s)?(?:id|number|no\.?)(?:\s(?:number|no\.?|card))?|\bid\s?(?:number|no\.?|:|#)|` +
		`\bn[uú]mero de (?:estudiante|alumno|alumna|matr[ií]cula|expediente)|\bmatr[ií]cula|\bexpediente|\bcarn[eé]|رقم\s?(?:ي\s)?(?:الطالب|الجامعي|القيد|الجلوس)|رقمي\s(?:الجامعي|المدرسي))` +
		`(?:\s?(?:is|es|:|#|=|هو))?\s?([\pL]{0,3}-?\p{Nd}[\pL\p{Nd}-]{2,14})`), group: 1},
	{kind: "ADDRESS", hints: streets, re: regexp.MustCompile(`\b\d{1,5}[A-Za-z]?,?\s(?:(?:[NSEW]\.?|North|South|East|West)\s)?(?:\p{Lu}[\pL'’]+\s){1,3}(?:Street|St|Avenue|Ave|Road|Rd|Lane|Ln|Drive|Dr|Boulevard|Blvd|Court|Ct|Terrace|Crescent|Close)\b\.?`)},
	{kind: "ADDRESS", hints: streets, re: regexp.MustCompile(`(?i)(?:\blives?|\bliving|\baddress(?:\sis)?|\bhome)\W{1,3}(?:at\s|on\s|in\s)?(\d{1,5}[a-z]?,?\s(?:[\pL'’]+\s){1,3}(?:street|st|avenue|ave|road|rd|lane|ln|drive|dr|boulevard|blvd|court|ct|way|place|square|close|terrace)\b\.?)`), group: 1},
	{kind: "ADDRESS", hints: spain, re: regexp.MustCompile(`(?i)(?:\b(?:calle|avenida|avda\.?|plaza|paseo|camino|carretera)\s|\bc/\s?)(?:(?:de|la|el|del|los|las|san|santa)\s)*[\pL.]+(?:\s(?:de|la|el|del|los|las|y)?\s?[\pL]+){0,3}?,?\s(?:n[.º°ú]*(?:mero)?\s?)?\d{1,4}(?:,?\s\d{1,2}[.ºª°]{1,2}\s?\pL?)?`)},
	{kind: "ADDRESS", hints: spain, re: regexp.MustCompile(`شارع\s(?:\pL[\pL\pM]*\s?){1,3},?،?\s?(?:رقم\s)?\p{Nd}{1,4}|\p{Nd}{1,4}\s?،?\s?شارع\s\pL[\pL\pM]*(?:\s\pL[\pL\pM]*)?`)},
	{kind: "ADDRESS", hints: german, re: regexp.MustCompile(`\p{Lu}[\pL-]*(?:straße|strasse|str\.|weg|platz|allee|gasse)\s\d{1,4}\s?[a-z]?\b`)},
	{kind: "HANDLE", hints: []string{"@"}, re: regexp.MustCompile(`@[\pL_][\pL\pN_.]{1,29}`), valid: handle},
}

const hosts = `instagram\.com|facebook\.com|fb\.com|twitter\.com|x\.com|tiktok\.com|github\.com|gitlab\.com|linkedin\.com|t\.me|wa\.me|snapchat\.com|reddit\.com|twitch\.tv|discord\.gg|youtube\.com|pinterest\.com|vk\.com|threads\.net|roblox\.com|scratch\.mit\.edu`

// patterns returns the contact details and numbers of a text, in order.
func patterns(text string) []finding {
	var all []finding
	lower := asciiLower(text)
	for i := range details {
		p := &details[i]
		var found []finding
		for _, w := range p.windows(lower) {
			found = p.find(text, w, found)
		}
		text = hide(text, found)
		all = append(all, found...)
	}
	all = append(all, phones(text)...)
	slices.SortFunc(all, func(a, b finding) int { return a.start - b.start })
	return all
}

// asciiLower returns text, byte for byte as long, with A to Z in lower case.
func asciiLower(text string) string {
	b := []byte(text)
	for i, c := range b {
		if c >= 'A' && c <= 'Z' {
			b[i] = c | 0x20
		}
	}
	return string(b)
}

// reach is how far, in bytes, a detail may lie from its hint.
const reach = 160

// windows returns the stretches around the hints of a text, apart from each
// other, from blank to blank where there is one.
func (p *pattern) windows(lower string) []span {
	var out []span
	for at := 0; at < len(lower); {
		next := p.hint(lower[at:])
		if next < 0 {
			break
		}
		at += next
		start, end := max(0, at-reach), min(len(lower), at+2*reach)
		if start > 0 {
			start += max(0, strings.IndexByte(lower[start:at], ' '))
		}
		if more := strings.IndexAny(lower[end:], " \n"); more >= 0 {
			end += more
		} else {
			end = len(lower)
		}
		if n := len(out); n > 0 && start <= out[n-1].end {
			out[n-1].end = end
		} else {
			out = append(out, span{start, end})
		}
		at = max(at+1, end-reach)
	}
	return out
}

// hint returns where the first hint is, or -1.
func (p *pattern) hint(lower string) int {
	best := -1
	for _, h := range p.hints {
		if i := strings.Index(lower, h); i >= 0 {
			best, lower = i, lower[:i+len(h)-1]
		}
	}
	if p.hints != nil {
		return best
	}
	for i := 0; i < len(lower); i++ {
		n := 0
		for i+n < len(lower) && lower[i+n] >= '0' && lower[i+n] <= '9' {
			n++
		}
		if n >= 4 {
			return i
		}
		i += n
	}
	return -1
}

// find appends what the pattern finds in a window of text.
func (p *pattern) find(text string, w span, found []finding) []finding {
	for _, at := range p.re.FindAllStringSubmatchIndex(text[w.start:w.end], -1) {
		start, end := w.start+at[2*p.group], w.start+at[2*p.group+1]
		if p.kind == "URL" || p.kind == "HANDLE" {
			end = start + len(strings.TrimRight(text[start:end], ".,;:!?"))
		}
		if start < end && (p.valid == nil || p.valid(text, start, end)) {
			found = append(found, finding{start: start, end: end, kind: p.kind})
		}
	}
	return found
}

var user = regexp.MustCompile(`(?i)/(?:~|@|u/|users?/|profiles?/|in/|people/)|[?&](?:user|username|name|email|id|student)=|://[^/@]+@`)
var social = regexp.MustCompile(`(?i)^(?:[a-z]+://)?(?:[a-z0-9-]+\.)*(?:` + hosts + `)/[^\s/]`)

// personal reports whether a link names a person.
func personal(text string, start, end int) bool {
	link := text[start:end]
	return user.MatchString(link) || social.MatchString(link)
}

func handle(text string, start, _ int) bool {
	return !letterBefore(text, start) && (start == 0 || !strings.ContainsRune("/.`=", rune(text[start-1])))
}

// iban checks the two check digits: the number modulo 97 is 1 (ISO 7064).
func iban(text string, start, end int) bool {
	s := strings.ToUpper(strings.NewReplacer(" ", "", "-", "").Replace(text[start:end]))
	if len(s) < 15 || len(s) > 34 {
		return false
	}
	rest := 0
	for _, r := range s[4:] + s[:4] {
		if r >= 'A' {
			rest = (rest*100 + int(r-'A') + 10) % 97
		} else {
			rest = (rest*10 + int(r-'0')) % 97
		}
	}
	return rest == 1
}

// card checks a card's number by its last digit (Luhn), and that it is not the
// tail of a decimal fraction.
func card(text string, start, end int) bool {
	if start > 0 && strings.IndexByte(".,", text[start-1]) >= 0 {
		return false
	}
	sum, n := 0, 0
	for i := end - 1; i >= start; i-- {
		if text[i] < '0' || text[i] > '9' {
			continue
		}
		d := int(text[i] - '0')
		if n%2 == 1 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
		n++
	}
	return n >= 13 && n <= 19 && sum%10 == 0
}

// ipv4 takes four numbers for an address unless they count sections: 1.2.3.4.
func ipv4(text string, start, end int) bool {
	addr, err := netip.ParseAddr(text[start:end])
	if err != nil || start > 0 && text[start-1] == '.' || end < len(text) && text[end] == '.' && letterAfter(text, end+1) {
		return false
	}
	for _, octet := range addr.As4() {
		if octet > 31 || octet == 10 {
			return true
		}
	}
	return false
}

func ipv6(text string, start, end int) bool {
	if letterBefore(text, start) || end < len(text) && (text[end] == ':' || unicode.IsLetter(rune(text[end]))) {
		return false
	}
	addr, err := netip.ParseAddr(text[start:end])
	return err == nil && addr.Is6()
}
