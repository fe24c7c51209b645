import Fields
import Postgres

/// The checked input for a company: the values to write, in canonical form.
struct CompanyForm {
  /// Values of the fields that the input names.
  var values: [CompanyValue] = []
  /// The problems, by member.
  private(set) var problems: [String: [String]] = [:]
  private let fields: [Field]

  /// - Parameters:
  ///   - input: The request.
  ///   - fields: The field definitions.
  ///   - keepsBlanks: Whether empty values are written.
  init(_ input: CompanyInput, _ fields: FieldSet, keepsBlanks: Bool) {
    self.fields = fields.company
    for field in fields.company {
      guard let value = input.values[field.alias] else { continue }
      do {
        let canonical = try field.canonical(value)
        if canonical != nil || keepsBlanks { values.append((field, canonical)) }
      } catch {
        problems[field.alias, default: []].append("\(error)")
      }
    }
    if let score = input.score, Int32(exactly: score) == nil {
      problems["score", default: []].append("the number is out of range")
    }
  }

  /// Creates a form from canonical values.
  init(_ values: [CompanyValue], _ fields: FieldSet) {
    self.values = values
    self.fields = fields.company
  }

  /// Refuses a company without a name (api.md 8.7).
  mutating func requireName(_ isNew: Bool) {
    let name = values.first { $0.field.alias == "companyname" }
    let isMissing = name == nil ? isNew : name?.canonical == nil
    if isMissing, problems["companyname"] == nil {
      problems["companyname"] = ["a name is required"]
    }
  }

  /// Adds the values that `PUT` writes for omitted fields: defaults, or nothing.
  mutating func fillIn(_ fields: FieldSet) {
    let defaults = fields.defaults(.company)
    for field in self.fields where !values.contains(where: { $0.field.id == field.id }) {
      values.append((field, defaults.first { $0.field.id == field.id }?.canonical))
    }
  }

  /// Adds the remaining values of fields whose choices are no longer offered (CON-26).
  mutating func dropStaleChoices(of company: Company) {
    for (field, value) in company.fields where value != nil {
      guard !values.contains(where: { $0.field.id == field.id }) else { continue }
      let left = field.surviving(value)
      if left != value { values.append((field, left?.canonicalChoice)) }
    }
  }

  /// Adds the problem that the owner does not exist.
  mutating func refuseOwner() { problems["owner", default: []].append("there is no such user") }

  func check() throws(CompanyError) {
    guard problems.isEmpty else { throw .invalid(problems) }
  }
}
