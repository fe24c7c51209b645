import Testing

@testable import Imports

struct MappingTests {
  static func field(
    _ alias: String, _ label: String, unique: Bool = false, required: Bool = false,
    kind: ImportField.Kind = .field
  ) -> ImportField {
    ImportField(
      alias: alias, label: label, type: "text", kind: kind, isUniqueIdentifier: unique,
      isRequired: required)
  }

  static let catalog = ImportFieldCatalog(
    object: .contact,
    fields: [
      field("email", "Email", unique: true), field("firstname", "First Name"),
      field("last_active", "Date Last Active"),
      field("companyname", "Company Name", unique: true, required: true, kind: .companyField),
    ])

  @Test("IMP-06, IMP-07, IMP-48: a header suggests its mapping; other columns are ignored")
  func aHeaderSuggestsItsMapping() {
    let mapping = Mapping.guess(
      headers: ["EMAIL", "first  name", "Tags", "Date added", "Firstname", "", "Shoe size"],
      catalog: Self.catalog)
    #expect(
      mapping.fields == [
        "EMAIL": "email", "first  name": "firstname", "Tags": "tags", "Date added": "dateAdded",
      ])
  }

  @Test("IMP-06, IMP-10: columns and targets are found by comparable names")
  func columnsAreFoundByComparableName() throws {
    let mapping = try Mapping.resolve(
      ["e mail": "email", "Who": "ownerusername", "seen": "lastActive", "not me": ""],
      headers: ["E-Mail", "who", "Seen", "not me"], catalog: Self.catalog, allowDuplicates: false)
    #expect(mapping.columns.map(\.index) == [0, 1, 2])
    #expect(
      mapping.columns.map(\.target) == [.field("email"), .special(.owner), .field("last_active")])
  }

  @Test("IMP-08, IMP-10: every problem is reported")
  func everyProblemIsReported() {
    let error = #expect(throws: ImportError.self) {
      try Mapping.resolve(
        ["a": "nonsense", "b": "email", "c": "email", "z": "firstname"], headers: ["a", "b", "c"],
        catalog: Self.catalog, allowDuplicates: false)
    }
    #expect(error?.problems.map(\.field) == ["fields.a", "fields.c", "fields.z"])
    #expect(error?.problems.map(\.value) == ["nonsense", "email", "z"])
  }

  @Test("IMP-12: required fields must be mapped, those of the company if one of it is")
  func requiredFields() {
    let catalog = ImportFieldCatalog(
      object: .contact,
      fields: Self.catalog.fields + [
        Self.field("plan", "Plan", required: true),
        Self.field("companycity", "City", kind: .companyField),
      ])
    func missing(_ fields: [String: String]) -> String? {
      do throws(ImportError) {
        _ = try Mapping.resolve(
          fields, headers: ["a", "b", "c"], catalog: catalog, allowDuplicates: false)
        return nil
      } catch {
        return error.message
      }
    }
    #expect(missing(["a": "email"]) == "required fields are not mapped: Plan (plan)")
    #expect(missing(["a": "email", "b": "plan"]) == nil)
    #expect(
      missing(["a": "email", "b": "plan", "c": "companycity"])
        == "required fields are not mapped: Company Name (companyname)")
  }

  @Test("IMP-11: a draft may lack mappings that a start requires")
  func aDraftMayLackWhatAStartNeeds() throws {
    _ = try Mapping.resolve(
      [:], headers: ["a"], catalog: Self.catalog, allowDuplicates: false, requireStart: false)
    #expect(throws: ImportError.self) {
      try Mapping.resolve([:], headers: ["a"], catalog: Self.catalog, allowDuplicates: false)
    }
  }
}
