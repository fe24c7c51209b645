import Fields
import Postgres
package import Primitives
import Query

/// A request for one action on many contacts (contacts.md 9, api.md 11.6).
package struct BulkRequest: Sendable, Codable, Equatable {
  /// The name of a ``BulkAction``.
  package var action: String
  /// The selected contacts: `ids`, a search, conditions or a segment.
  package var selection: ContactSelection
  /// The values to add.
  package var add: JSONValue?
  /// The values to remove; removed after the additions, so removal wins (CON-92).
  package var remove: JSONValue?
  /// The value to set.
  package var value: JSONValue?
  /// The reason for do-not-contact entries.
  package var reason: Int?
  /// The comment.
  package var comments: String?

  package init(
    _ action: String, _ selection: ContactSelection, add: JSONValue? = nil,
    remove: JSONValue? = nil, value: JSONValue? = nil, reason: Int? = nil, comments: String? = nil
  ) {
    self.action = action
    self.selection = selection
    self.add = add
    self.remove = remove
    self.value = value
    self.reason = reason
    self.comments = comments
  }

  /// Decodes a request. A `value` that is null counts as given: it clears.
  package init(from decoder: any Decoder) throws {
    let members = try decoder.container(keyedBy: CodingKeys.self)
    func given(_ key: CodingKeys) throws -> JSONValue? {
      members.contains(key) ? try members.decode(JSONValue.self, forKey: key) : nil
    }
    action = try members.decode(String.self, forKey: .action)
    selection = try members.decode(ContactSelection.self, forKey: .selection)
    add = try given(.add)
    remove = try given(.remove)
    value = try given(.value)
    reason = try members.decodeIfPresent(Int.self, forKey: .reason)
    comments = try members.decodeIfPresent(String.self, forKey: .comments)
  }

  /// The maximum number of ids in a request.
  package static let maximumIDs = 100_000

  /// Returns the request without a search and conditions that match everything, such as `email:`:
  /// alone they would select every contact.
  ///
  /// - Throws: ``QueryError``.
  func withoutBlanks(fields: FieldSet, user: Int64) throws(QueryError) -> BulkRequest {
    var request = self
    request.selection = try selection.withoutBlanks(fields: fields, user: user)
    return request
  }

  /// Checks the selection.
  ///
  /// - Throws: ``InvalidInput``.
  func checkSelection() throws(InvalidInput) {
    if let ids = selection.ids {
      guard !ids.isEmpty else { throw InvalidInput("ids", "the list is empty") }
      guard ids.count <= Self.maximumIDs else {
        throw InvalidInput("ids", "\(ids.count) contacts; at most \(Self.maximumIDs) can be named")
      }
    } else if !selection.hasCondition {
      throw InvalidInput("ids", "say whom it is about: ids, search, where or segment")
    }
  }
}

/// The members of a request as read by actions.
extension BulkRequest {
  /// Returns the integers in a member: a list, or comma-separated text.
  ///
  /// - Throws: ``InvalidInput`` for anything but integers.
  package func numbers(_ value: JSONValue?, _ member: String) throws(InvalidInput) -> [Int64] {
    var numbers: [Int64] = []
    for text in try texts(value, member) {
      guard let number = Int64(text), number > 0 else {
        throw InvalidInput(member, "\(InvalidInput.shown(text)) is no number of a record")
      }
      if !numbers.contains(number) { numbers.append(number) }
    }
    return numbers
  }

  /// Returns the texts in a member: a list, or comma-separated text.
  ///
  /// - Throws: ``InvalidInput`` for anything but texts, and for more than 1,000.
  func texts(_ value: JSONValue?, _ member: String) throws(InvalidInput) -> [String] {
    let elements: [JSONValue]
    switch value {
    case nil, .null?: return []
    case .array(let list)?: elements = list
    case .object(let members)?:
      elements = members.sorted { $0.key < $1.key }.map(\.value)
    case let single?:
      elements = (single.text ?? "").split(separator: ",").map { .string(String($0)) }
    }
    guard elements.count <= 1_000 else {
      throw InvalidInput(member, "\(elements.count) entries; at most 1000 are taken")
    }
    var texts: [String] = []
    for element in elements {
      guard let text = element.text?.trimmingBlanks() else {
        throw InvalidInput(member, "an entry is neither text nor number")
      }
      if !text.isEmpty { texts.append(text) }
    }
    return texts
  }

  /// Refuses a request without the required members.
  package func require(_ isGiven: Bool) throws(InvalidInput) {
    guard isGiven else { throw InvalidInput("add", "say what to add or to remove") }
  }
}
