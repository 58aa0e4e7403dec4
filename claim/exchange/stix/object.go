// SPDX-License-Identifier: Apache-2.0

package stix

import (
	"crypto/sha1"
	"fmt"
)

// object is any STIX object. The order of fields is that of the bytes.
type object struct {
	Type             string               `json:"type"`
	SpecVersion      string               `json:"spec_version"`
	ID               string               `json:"id"`
	CreatedBy        string               `json:"created_by_ref,omitempty"`
	Created          string               `json:"created,omitempty"`
	Modified         string               `json:"modified,omitempty"`
	Confidence       *int                 `json:"confidence,omitempty"`
	Lang             string               `json:"lang,omitempty"`
	Labels           []string             `json:"labels,omitempty"`
	Name             string               `json:"name,omitempty"`
	Description      string               `json:"description,omitempty"`
	IdentityClass    string               `json:"identity_class,omitempty"`
	Abstract         string               `json:"abstract,omitempty"`
	Content          string               `json:"content,omitempty"`
	ReportTypes      []string             `json:"report_types,omitempty"`
	Published        string               `json:"published,omitempty"`
	Opinion          string               `json:"opinion,omitempty"`
	RelationshipType string               `json:"relationship_type,omitempty"`
	Source           string               `json:"source_ref,omitempty"`
	Target           string               `json:"target_ref,omitempty"`
	Objects          []string             `json:"object_refs,omitempty"`
	Schema           string               `json:"schema,omitempty"`
	Version          string               `json:"version,omitempty"`
	ExtensionTypes   []string             `json:"extension_types,omitempty"`
	DefinitionType   string               `json:"definition_type,omitempty"`
	Definition       map[string]string    `json:"definition,omitempty"`
	References       []reference          `json:"external_references,omitempty"`
	Markings         []string             `json:"object_marking_refs,omitempty"`
	Extensions       map[string]extension `json:"extensions,omitempty"`
}

type reference struct {
	SourceName string            `json:"source_name"`
	URL        string            `json:"url,omitempty"`
	Hashes     map[string]string `json:"hashes,omitempty"`
	ExternalID string            `json:"external_id"`
}

// extension holds what STIX has no field for, under names of research.
type extension struct {
	Type              string   `json:"extension_type"`
	PartyKind         string   `json:"party_kind,omitempty"`
	SourceReliability string   `json:"source_reliability,omitempty"`
	DocumentKind      string   `json:"document_kind,omitempty"`
	Date              string   `json:"edtf_date,omitempty"`
	ClaimKind         string   `json:"claim_kind,omitempty"`
	Credibility       int      `json:"information_credibility,omitempty"`
	Status            string   `json:"claim_status,omitempty"`
	VariantOf         string   `json:"variant_of_ref,omitempty"`
	Mutation          string   `json:"mutation,omitempty"`
	Utterance         string   `json:"utterance_id,omitempty"`
	Mode              string   `json:"mode,omitempty"`
	Basis             string   `json:"basis,omitempty"`
	Fidelity          string   `json:"fidelity,omitempty"`
	AttributedTo      string   `json:"attributed_to_ref,omitempty"`
	Document          string   `json:"document_ref,omitempty"`
	Relays            []string `json:"relays_utterance_ids,omitempty"`
	InformedBy        []string `json:"informed_by_utterance_ids,omitempty"`
	UpstreamUnknown   bool     `json:"upstream_unknown,omitempty"`
	EvidenceItem      string   `json:"evidence_item,omitempty"`
}

// ExtensionID names the extension in which the rest of a claim stands.
const ExtensionID = "extension-definition--d0da03b4-a9b6-5fa3-96af-cdd8d268006b"

func extended(e extension) map[string]extension {
	e.Type = "property-extension"
	return map[string]extension{ExtensionID: e}
}

func extensionDefinition() object {
	return object{
		Type: "extension-definition", ID: ExtensionID, Name: "Claims, who said them, and how sure that is",
		Description: "Credibility is that of the Admiralty code, 1 to 6; dates are EDTF; utterance ids tie a relationship to those that it repeats.",
		Schema:      "urn:tamizdat:vocabulary:stix", Version: "1.0.0", ExtensionTypes: []string{"property-extension"},
	}
}

// tlp gives the markings that the standard defines once for everybody.
func tlp(colour string) (object, bool) {
	ids := map[string][2]string{
		"white": {"613f2e26-407d-48c7-9eca-b8e91df99dc9", "TLP:WHITE"},
		"green": {"34098fce-860f-48ae-8e50-ebd3cc5e41da", "TLP:GREEN"},
		"amber": {"f88d31f6-486f-44da-b317-01333bde0b82", "TLP:AMBER"},
		"red":   {"5e57c739-391a-4eb3-b6be-7d15ca92d5ed", "TLP:RED"},
	}
	v, ok := ids[colour]
	return object{
		Type: "marking-definition", SpecVersion: "2.1", ID: "marking-definition--" + v[0], Created: "2017-01-20T00:00:00.000Z", Name: v[1],
		DefinitionType: "tlp", Definition: map[string]string{"tlp": colour},
	}, ok
}

// namespace is cdbd96c9-0354-51cf-b69e-0ae91c1e306a, the name of our vocabulary:
// so that ids do not meet those that STIX makes itself.
const namespace = "\xcd\xbd\x96\xc9\x03\x54\x51\xcf\xb6\x9e\x0a\xe9\x1c\x1e\x30\x6a"

// id gives a UUID of version 5 (RFC 9562, 5.5) for a thing of the case.
func id(stixType, kind, name string) string {
	h := sha1.New()
	h.Write([]byte(namespace))
	fmt.Fprintf(h, "%s %s %s", stixType, kind, name)
	u := h.Sum(nil)[:16]
	u[6] = u[6]&0x0f | 0x50
	u[8] = u[8]&0x3f | 0x80
	return fmt.Sprintf("%s--%x-%x-%x-%x-%x", stixType, u[:4], u[4:6], u[6:8], u[8:10], u[10:])
}
