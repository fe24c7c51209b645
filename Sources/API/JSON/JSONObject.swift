/// The members of a JSON object in the order they were written.
///
/// A member that occurs twice counts with its last value, as in PHP; both are kept, so that reading
/// an object costs the same however its members are named.
struct JSONObject: Sendable {
  /// The members in order.
  private(set) var members: [(key: String, value: JSONValue)]

  init(_ members: [(String, JSONValue)] = []) {
    self.members = members.map { (key: $0.0, value: $0.1) }
  }

  var isEmpty: Bool { members.isEmpty }
  var count: Int { members.count }
  var keys: [String] { members.map(\.key) }

  /// The value of a member; setting one that exists keeps its place, setting nil removes it.
  subscript(key: String) -> JSONValue? {
    get { members.last { $0.key == key }?.value }
    set {
      guard let newValue else {
        members.removeAll { $0.key == key }
        return
      }
      if let index = members.lastIndex(where: { $0.key == key }) {
        members[index].value = newValue
      } else {
        members.append((key, newValue))
      }
    }
  }

  /// Adds a member at the end without looking whether its name exists.
  mutating func append(_ key: String, _ value: JSONValue) {
    members.append((key, value))
  }
}

extension JSONObject: Equatable {
  static func == (left: JSONObject, right: JSONObject) -> Bool {
    left.members.elementsEqual(right.members) { $0.key == $1.key && $0.value == $1.value }
  }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
  init(dictionaryLiteral elements: (String, JSONValue)...) { self.init(elements) }
}
