/// The members of a JSON object in the order they were written.
///
/// A member that occurs twice counts with its last value, as in PHP; both are kept, so that reading
/// an object costs the same however its members are named.
struct JSONObject: Sendable {
  /// Above this many members, setting one builds an index; below it a look along them is quicker.
  private static let indexedCount = 32

  /// The members in order.
  private(set) var members: [(key: String, value: JSONValue)]
  /// The place of each name's last member, once a member was set among many.
  private var index: [String: Int]?

  init(_ members: [(String, JSONValue)] = []) {
    self.members = members.map { (key: $0.0, value: $0.1) }
  }

  var isEmpty: Bool { members.isEmpty }
  var count: Int { members.count }
  var keys: [String] { members.map(\.key) }

  /// The value of a member; setting one that exists keeps its place, setting nil removes it.
  subscript(key: String) -> JSONValue? {
    get {
      if let index { return index[key].map { members[$0].value } }
      return members.last { $0.key == key }?.value
    }
    set {
      guard let newValue else {
        members.removeAll { $0.key == key }
        index = nil
        return
      }
      if let place = place(of: key) {
        members[place].value = newValue
      } else {
        append(key, newValue)
      }
    }
  }

  /// The place of a member, found by the index where there are many.
  private mutating func place(of key: String) -> Int? {
    guard members.count > Self.indexedCount else {
      return members.lastIndex { $0.key == key }
    }
    if index == nil {
      index = Dictionary(
        members.indices.map { (members[$0].key, $0) }, uniquingKeysWith: { $1 })
    }
    return index?[key]
  }

  /// Adds a member at the end without looking whether its name exists.
  mutating func append(_ key: String, _ value: JSONValue) {
    index?[key] = members.count
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
