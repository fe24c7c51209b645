import API
import Users

/// A contact, and what its page says on every tab.
struct ContactRecord: Sendable {
  /// The contact as the API answers it.
  let value: JSONValue
  /// How much there is on tabs; none where it is not counted.
  var counts: [ContactTab: Int] = [:]
  /// What is foreseen, the next first.
  var planned: [PlannedEvent] = []

  init(_ value: JSONValue) { self.value = value }

  /// Reads a contact and what its page says on every tab.
  ///
  /// - Throws: `APIError` 404.
  static func read(_ page: PageRequest) async throws -> ContactRecord {
    let id = try page.id
    async let answer = page.get("contacts/\(id)")
    async let notes = page.get("contacts/\(id)/notes", ["limit": 1, "minimal": 1])
    async let devices = page.get("contacts/\(id)/devices", ["limit": 1])
    async let planned = PlannedEvent.all(of: id, page)
    guard let value = try await answer["contact"] else { throw APIError.notFound }
    var contact = ContactRecord(value)
    contact.planned = try await planned
    contact.counts = [
      .notes: try await notes["total"]?.integer ?? 0,
      .devices: try await devices["total"]?.integer ?? 0, .scheduled: contact.planned.count,
    ]
    return contact
  }

  var id: String { value["id"]?.text ?? "" }
  /// The address of its page.
  var path: String { "/console/contacts/\(id)" }

  /// The value of a field; nil where there is none.
  func field(_ alias: String) -> String? {
    value["fields"]?["all"]?[alias]?.text.flatMap { $0.isEmpty ? nil : $0 }
  }

  /// The name, or else what it is known by.
  func name(_ page: PageRequest) -> String { Self.name(value, page) }

  /// The name of a contact of the API, or else its e-mail, company or address.
  static func name(_ contact: JSONValue, _ page: PageRequest) -> String {
    let fields = contact["fields"]?["all"]
    let text = { (alias: String) in
      fields?[alias]?.text.flatMap { $0.isEmpty ? nil : $0 }
    }
    let name = [text("firstname"), text("lastname")].compactMap(\.self).joined(separator: " ")
    if !name.isEmpty { return name }
    if let known = text("email") ?? text("company") { return known }
    if case .object(let addresses)? = contact["ipAddresses"], let address = addresses.keys.first {
      return page.texts("Visitor {address}", ["address": address])
    }
    return page.texts("Contact {id}", ["id": contact["id"]?.text ?? ""])
  }

  /// Two letters for where a picture would stand.
  func initials(_ page: PageRequest) -> String {
    name(page).split(separator: " ").prefix(2).compactMap(\.first).map(String.init).joined()
      .uppercased()
  }

  /// The owner's name; nil for none.
  var owner: String? {
    guard let owner = value["owner"], owner["id"] != nil else { return nil }
    let name = [owner["firstName"]?.text, owner["lastName"]?.text].compactMap(\.self)
      .filter { !$0.isEmpty }.joined(separator: " ")
    return name.isEmpty ? owner["username"]?.text : name
  }

  /// Whether the user may do something with this contact: with others' only where the role allows that.
  func allows(_ action: PermissionAction, _ page: PageRequest) -> Bool {
    let access = page.user.rights.access(.contacts, action)
    if access == .all { return true }
    guard access > .none else { return false }
    // What has no owner belongs to who created it.
    let owner = value["owner"]?["id"]?.integer ?? value["createdBy"]?.integer
    return owner.map(Int64.init) == page.user.id
  }

  /// The channels over which the contact must not be written to.
  var silent: [JSONValue] { value["doNotContact"]?.elements ?? [] }

  /// The addresses with what is known of where they are.
  var places: [JSONValue] {
    (value["ipAddresses"]?.elements ?? []).filter { address in
      ["city", "region", "country"].contains {
        address["ipDetails"]?[$0]?.text?.isEmpty == false
      }
    }
  }
}
