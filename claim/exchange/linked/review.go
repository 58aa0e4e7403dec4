// SPDX-License-Identifier: Apache-2.0

package linked

import (
	"errors"
	"fmt"
	"strings"

	"tamizdat/claim"
	"tamizdat/claim/exchange"
)

// review is a schema.org ClaimReview. The type has room for one author and one
// rating: chains, ranges and doubts stand in [Provenance].
type review struct {
	Context       string  `json:"@context"`
	Type          string  `json:"@type"`
	ID            string  `json:"@id"`
	URL           string  `json:"url,omitempty"`
	DatePublished string  `json:"datePublished,omitempty"`
	Author        agent   `json:"author"`
	ClaimReviewed string  `json:"claimReviewed"`
	ItemReviewed  subject `json:"itemReviewed"`
	ReviewRating  rating  `json:"reviewRating"`
}

type agent struct {
	Type string `json:"@type"`
	Name string `json:"name"`
	URL  string `json:"url,omitempty"`
}

type subject struct {
	Type       string `json:"@type"`
	Author     *agent `json:"author,omitempty"`
	Appearance []work `json:"appearance,omitempty"`
}

type work struct {
	Type          string `json:"@type"`
	ID            string `json:"@id"`
	URL           string `json:"url,omitempty"`
	Headline      string `json:"headline,omitempty"`
	DatePublished string `json:"datePublished,omitempty"`
}

type rating struct {
	Type          string `json:"@type"`
	RatingValue   int    `json:"ratingValue"`
	WorstRating   int    `json:"worstRating"`
	BestRating    int    `json:"bestRating"`
	AlternateName string `json:"alternateName"`
}

// ClaimReviews gives a JSON array with one ClaimReview for each claim that the
// desk rates 1, 2, 4 or 5. A credibility of 1 is the best rating, 5.
func ClaimReviews(c claim.Case, desk Desk, waived ...string) ([]byte, error) {
	switch {
	case strings.TrimSpace(desk.Name) == "":
		return nil, errors.New("a review names who made it: give the name of the newsroom")
	case desk.URL != "" && exchange.WebAddress(desk.URL) == "":
		return nil, fmt.Errorf("%q is no address of a site: write it as https://desk.example", desk.URL)
	}
	c = exchange.Public(c, waived...)
	x := claim.NewIndex(&c)
	list := []review{}
	for i := range c.Claims {
		if k := &c.Claims[i]; isRated(k.Credibility) {
			list = append(list, newReview(x, k, desk))
		}
	}
	return encode(list)
}

func isRated(credibility int) bool {
	return credibility == 1 || credibility == 2 || credibility == 4 || credibility == 5
}

func newReview(x *claim.Index, k *claim.Claim, desk Desk) review {
	r := review{
		Context: "https://schema.org", Type: "ClaimReview", ID: urn(claim.KindClaim, k.ID), URL: desk.URL, DatePublished: exchange.ISODate(desk.Date),
		Author:        agent{Type: "Organization", Name: desk.Name, URL: desk.URL},
		ClaimReviewed: k.Text,
		ItemReviewed:  subject{Type: "Claim"},
		ReviewRating:  rating{"Rating", 6 - k.Credibility, 1, 5, exchange.Credibilities(k.Credibility)},
	}
	if p := exchange.FirstSpeaker(x, k.ID); p != nil {
		r.ItemReviewed.Author = &agent{Type: agentType(p.Kind), Name: p.Label}
	}
	for _, d := range exchange.Appearances(x, k.ID) {
		r.ItemReviewed.Appearance = append(r.ItemReviewed.Appearance, work{workType(d.Kind), urn(claim.KindDocument, d.ID), d.Address, d.Title, exchange.ISODate(d.Published)})
	}
	return r
}

func agentType(kind string) string {
	switch kind {
	case "person", "unnamed_official", "unnamed_person":
		return "Person"
	case "government":
		return "GovernmentOrganization"
	case "outlet", "newsroom":
		return "NewsMediaOrganization"
	}
	return "Organization"
}

func workType(kind string) string {
	switch kind {
	case "article", "interview":
		return "Article"
	case "post":
		return "SocialMediaPosting"
	case "report":
		return "Report"
	case "dataset":
		return "Dataset"
	}
	return "CreativeWork"
}
