import Fields
import Testing

@Suite("Aliases of fields (CON-20, CON-21)") struct FieldAliasTests {
  @Test(arguments: [
    ("First Name", "first_name"), ("  Größe (cm)!! ", "grosse_cm"), ("Œuvre d'art", "oeuvre_dart"),
    ("Город", "gorod"), ("R&D--budget", "r_d_budget"), ("2024", "f_2024"), ("Order", "f_order"),
    ("SELECT", "f_select"), ("a very long label that goes on", "a_very_long_label_that_go"),
    ("abcdefghijklmnopqrstuvwx yz", "abcdefghijklmnopqrstuvwx"), ("!!!", "field"), ("Łódź", "lodz"),
    ("Ångström", "angstrom"), ("123 456", "f_123_456"), ("ﬁeld²", "field2"),
  ])
  func derivesAliases(label: String, alias: String) {
    #expect(FieldAlias.derived(from: label) == alias)
  }

  @Test(arguments: ["日本語", "é", "العربية", "🦆", "", "_", "ÄÖÜ", "a\u{0}b"])
  func derivesOnlyPlainASCII(label: String) {
    let alias = FieldAlias.derived(from: label)
    #expect(!alias.isEmpty && alias.count <= 25)
    #expect(alias.allSatisfy { $0.isASCII && ($0.isLowercase || $0.isNumber || $0 == "_") })
    #expect(FieldAlias.derived(from: alias) == alias)
  }

  @Test func countsUntilFree() {
    let taken: Set<String> = ["city", "city1", "abcdefghijklmnopqrstuvwxy"]
    #expect(FieldAlias.unique("town") { taken.contains($0) } == "town")
    #expect(FieldAlias.unique("city") { taken.contains($0) } == "city2")
    #expect(
      FieldAlias.unique("abcdefghijklmnopqrstuvwxy") { taken.contains($0) }
        == "abcdefghijklmnopqrstuvwx1")
  }

  @Test(arguments: [
    "contact_id", "company_id", "id", "owner_id", "stage_id", "date_added", "tags", "leadlist",
    "hit_url", "group_points_7", "ctid",
  ])
  func refusesReservedNames(alias: String) {
    #expect(FieldAlias.isReserved(alias))
  }

  @Test(
    "CON-21: names of the search, of requests and of files are reserved, without case and _",
    arguments: [
      "segment", "name", "ids", "dnc", "common", "import_id", "companies", "donotemail",
      "do_not_email", "dateadded", "datemodified", "createdbyuser", "modifiedbyuser",
      "frequencyrules", "ipaddress", "ip_address", "lastactive", "overwritewithblank", "segments",
      "grouppoints_x",
    ])
  func refusesOtherMeanings(alias: String) {
    #expect(FieldAlias.isReserved(alias))
  }

  @Test("CON-20: an alias is found or refused, whatever is reserved; nothing counts for ever")
  func alwaysEnds() {
    #expect(
      FieldAlias.unique("group_points_total") { FieldAlias.isReserved($0) }
        == "f_group_points_total")
    #expect(FieldAlias.unique("segment") { FieldAlias.isReserved($0) } == "segment1")
    #expect(FieldAlias.unique("anything") { _ in true } == nil)
    let long = FieldAlias.derived(from: "Group points of a rather long name")
    let alias = FieldAlias.unique(long) { FieldAlias.isReserved($0) } ?? ""
    #expect(!alias.isEmpty && alias.count <= FieldAlias.maximumLength)
  }
}
