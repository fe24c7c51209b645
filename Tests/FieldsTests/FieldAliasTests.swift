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
}
