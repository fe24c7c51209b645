/// The members of a JSON object in the order they were written.
///
/// A member that occurs twice counts with its last value, as in PHP; both are kept, so that reading
/// an object costs the same however its members are named.
package struct JSONObject: Sendable {
  /// Above this many members, setting one builds an index; below it a look along them is quicker.
  private static let indexedCount = 32

  /// The members in order.
  package private(set) var members: [(key: String, value: JSONValue)]
  /// How members are found other than by looking along them.
  private enum Lookup {
    /// By the place of each name's last member, once a member was set among many.
    case index([String: Int])
    /// Not at all: it is noted which are asked for.
    case recorder(MemberRecorder)
  }

  private var lookup: Lookup?

  /// An object with members in an order.
  package init(_ members: [(String, JSONValue)] = []) {
    self.members = members.map { (key: $0.0, value: $0.1) }
  }

  /// An object without members that notes which are asked for.
  init(recorder: MemberRecorder) {
    members = []
    lookup = .recorder(recorder)
  }

  /// What notes the members asked for; nil in an object of a request.
  var recorder: MemberRecorder? {
    if case .recorder(let recorder)? = lookup { return recorder }
    return nil
  }

  /// Whether there are no members.
  package var isEmpty: Bool { members.isEmpty && recorder == nil }
  /// The number of members.
  package var count: Int { members.count }
  /// The names of the members in order.
  package var keys: [String] { members.map(\.key) }

  /// The value of a member; setting one that exists keeps its place, setting nil removes it.
  package subscript(key: String) -> JSONValue? {
    get {
      switch lookup {
      case nil: members.last { $0.key == key }?.value
      case .index(let index)?: index[key].map { members[$0].value }
      case .recorder(let recorder)?: recorder.value(key)
      }
    }
    set {
      guard let newValue else {
        members.removeAll { $0.key == key }
        lookup = nil
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
    if case .index(let index)? = lookup { return index[key] }
    let index = Dictionary(
      members.indices.map { (members[$0].key, $0) }, uniquingKeysWith: { $1 })
    lookup = .index(index)
    return index[key]
  }

  /// Adds a member at the end without looking whether its name exists.
  package mutating func append(_ key: String, _ value: JSONValue) {
    if case .index(var index)? = lookup {
      // Taken out first, so that the dictionary is not copied.
      lookup = nil
      index[key] = members.count
      lookup = .index(index)
    }
    members.append((key, value))
  }

  /// The object with further members at its end.
  package func with(_ members: JSONObject) -> JSONObject {
    var object = self
    for member in members.members { object.append(member.key, member.value) }
    return object
  }
}

extension JSONObject: Equatable {
  /// Whether both have the same members in the same order.
  package static func == (left: JSONObject, right: JSONObject) -> Bool {
    left.members.elementsEqual(right.members) { $0.key == $1.key && $0.value == $1.value }
  }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
  /// An object as it is written.
  package init(dictionaryLiteral elements: (String, JSONValue)...) { self.init(elements) }
}
