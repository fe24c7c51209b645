import Contacts
import Fields
import Primitives

/// What a request may change (tracking.md 7): values of publicly updatable fields, tags, the company. What its field does
/// not accept, and empty values, are left out.
struct PublicInput: Sendable {
  /// The changes of the contact.
  var contact = ContactInput()
  /// The values of its company.
  var company: [CompanyValue] = []

  /// The maximum number of tags of a request.
  private static let tags = 100

  var isEmpty: Bool {
    contact.values.isEmpty && contact.addedTags.isEmpty && contact.removedTags.isEmpty
      && company.isEmpty
  }

  /// Whether parameters may change anything: a look at their names alone.
  static func mayChange(
    _ parameters: [String: String], _ fields: FieldSet, isTrusted: Bool = false
  ) -> Bool {
    parameters.contains { name, value in
      guard !value.isEmpty else { return false }
      if name == "tags" || name == "company" || name == "companyname" { return true }
      return fields[name].map { $0.isPublished && (isTrusted || $0.isPubliclyUpdatable) } ?? false
    }
  }

  /// - Parameter isTrusted: Whether fields may be changed that are not publicly updatable.
  init(
    _ parameters: [String: String], _ fields: FieldSet, isTrusted: Bool = false,
    lists: ValueLists = ValueLists()
  ) {
    func canonical(_ text: String, _ field: Field) -> String? {
      // A bad value is dropped, the rest applies.
      let result = Result { () throws(FieldProblem) in
        try field.canonical(text, policy: .strict, lists: lists)
      }
      if case .success(let value?) = result { return value }
      return nil
    }
    for (name, value) in parameters where !value.isEmpty {
      guard let field = fields[name], field.isPublished,
        isTrusted || field.isPubliclyUpdatable, name != "company", name != "companyname",
        let text = canonical(value, field)
      else { continue }
      switch field.object {
      // Points are given by rules, never by a request.
      case .contact where name != "points": contact.values[name] = .text(value)
      case .company: company.append((field, text))
      default: break
      }
    }
    let name = parameters["company"].flatMap { $0.isEmpty ? nil : $0 } ?? parameters["companyname"]
    if let name, !name.isEmpty, let named = fields["companyname"], let own = fields["company"],
      own.isPublished, canonical(name, named) != nil, canonical(name, own) != nil
    {
      contact.values["company"] = .text(name)
    }
    for change in TagName.list(parameters["tags"] ?? "", separator: ",").prefix(Self.tags) {
      if change.isRemoval {
        contact.removedTags.append(change.name)
      } else {
        contact.addedTags.append(change.name)
      }
    }
  }

  /// Whether a given value is a unique identifier.
  func identifies(_ fields: FieldSet) -> Bool {
    fields.uniqueIdentifiers(.contact).contains { contact.values[$0.alias] != nil }
  }
}
