import Fields
import Primitives

/// The parameters that the traits of a message stand for (tracking.md 20): fields by their aliases, or by the names that
/// senders commonly give them.
struct MessageTraits {
  /// The aliases of traits with other names, by the name in lower case without blanks, `_` and `-`.
  private static let contactNames = [
    "firstname": "firstname", "lastname": "lastname", "email": "email", "emailaddress": "email",
    "phone": "phone", "phonenumber": "phone", "mobile": "mobile", "mobilephone": "mobile",
    "title": "position", "jobtitle": "position", "position": "position", "website": "website",
    "street": "address1", "street1": "address1", "address": "address1", "street2": "address2",
    "city": "city", "state": "state", "region": "state", "postalcode": "zipcode",
    "zip": "zipcode", "zipcode": "zipcode", "country": "country", "fax": "fax",
    "timezone": "timezone", "locale": "preferred_locale",
  ]
  private static let companyNames = [
    "email": "companyemail", "phone": "companyphone", "website": "companywebsite",
    "industry": "companyindustry", "employees": "companynumber_of_employees",
    "employeecount": "companynumber_of_employees", "description": "companydescription",
    "street": "companyaddress1", "address": "companyaddress1", "city": "companycity",
    "state": "companystate", "postalcode": "companyzipcode", "zip": "companyzipcode",
    "country": "companycountry", "revenue": "companyannual_revenue", "fax": "companyfax",
  ]

  let fields: FieldSet

  /// The parameters of a contact's traits.
  func contact(_ traits: JSONValue) -> [String: String] {
    var parameters: [String: String] = [:]
    for (name, value) in Self.members(traits) {
      switch (Self.plain(name), value) {
      case ("address", .object):
        for (name, value) in Self.members(value) {
          add(name, value, Self.contactNames, .contact, to: &parameters)
        }
      case ("company", .object): parameters.merge(company(value)) { old, _ in old }
      case ("company", _), ("companyname", _):
        if let text = Self.text(value) { parameters["company"] = text }
      case ("tags", _): parameters["tags"] = Self.text(value, separator: ",")
      default: add(name, value, Self.contactNames, .contact, to: &parameters)
      }
    }
    if let name = traits["name"].flatMap({ Self.text($0) }), parameters["firstname"] == nil,
      parameters["lastname"] == nil, fields["name"] == nil
    {
      let words = name.split(separator: " ", maxSplits: 1)
      parameters["firstname"] = words.first.map { String($0) }
      if words.count > 1 { parameters["lastname"] = String(words[1]).trimmingBlanks() }
    }
    return parameters
  }

  /// The parameters of a company's traits. Without a name there is no company.
  func company(_ traits: JSONValue) -> [String: String] {
    guard let name = traits["name"].flatMap({ Self.text($0) }) else { return [:] }
    var parameters = ["company": name]
    for (name, value) in Self.members(traits) where name != "name" {
      if case .object = value, Self.plain(name) == "address" {
        for (name, value) in Self.members(value) {
          add(name, value, Self.companyNames, .company, to: &parameters)
        }
      } else {
        add(name, value, Self.companyNames, .company, to: &parameters)
      }
    }
    return parameters
  }

  /// Adds a trait if a field takes it: the one with its name as an alias, or the one commonly meant.
  private func add(
    _ name: String, _ value: JSONValue, _ names: [String: String], _ object: FieldObject,
    to parameters: inout [String: String]
  ) {
    guard let text = Self.text(value) else { return }
    let candidates = [name, name.lowercased(), Self.snake(name), names[Self.plain(name)]]
    for alias in candidates {
      guard let alias, let field = fields[alias], field.object == object else { continue }
      // What is said by an alias itself counts before other names of it.
      if alias == name || parameters[alias] == nil { parameters[alias] = text }
      return
    }
  }

  private static func members(_ value: JSONValue) -> [(String, JSONValue)] {
    guard case .object(let members) = value else { return [] }
    return members.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }

  /// A value as a form would send it; nil for null, empty texts and objects.
  private static func text(_ value: JSONValue, separator: String = "|") -> String? {
    let text: String? =
      if case .array(let items) = value {
        items.compactMap(\.text).joined(separator: separator)
      } else {
        value.text
      }
    guard let text, !text.isEmpty else { return nil }
    return line(text, upTo: PageParameters.length)
  }

  private static func plain(_ name: String) -> String {
    name.lowercased().filter { $0 != "_" && $0 != "-" && $0 != " " }
  }

  /// `favoriteColor` as `favorite_color`.
  private static func snake(_ name: String) -> String {
    var result = ""
    for character in name {
      if character.isUppercase, !result.isEmpty { result += "_" }
      result += character.lowercased()
    }
    return result
  }
}
