import Synchronization

/// How a member of a body is read; decides what the contract's document says of it.
enum MemberKind: String, Sendable, CaseIterable {
  case text, truth, integer, reference, date
}

/// Notes which members of an object are asked for, and how they are read. An object that has one has no members of its
/// own: the code that reads bodies runs over it, and what it asks for is what the contract's document says.
final class MemberRecorder: Sendable {
  /// A member that was asked for; no kind where it is looked at as any JSON.
  struct Member: Sendable, Equatable {
    var name: String
    var kind: MemberKind?
    /// The members of the items, where the member is a list of objects.
    var items: [Member] = []
  }

  private let members = Mutex<[Member]>([])
  private let lists: [String: MemberRecorder]

  /// - Parameter lists: The names of members that are lists of objects, whose members are to be noted too.
  init(lists: [String] = []) {
    self.lists = Dictionary(lists.map { ($0, MemberRecorder()) }, uniquingKeysWith: { $1 })
  }

  /// The members in the order in which they were first asked for.
  var noted: [Member] {
    members.withLock { $0 }.map { member in
      var member = member
      member.items = lists[member.name]?.noted ?? []
      return member
    }
  }

  /// Notes a member; the first kind that is told stays.
  func note(_ name: String, _ kind: MemberKind? = nil) {
    members.withLock { members in
      if let place = members.firstIndex(where: { $0.name == name }) {
        members[place].kind = members[place].kind ?? kind
      } else {
        members.append(Member(name: name, kind: kind))
      }
    }
  }

  /// The value that reading code sees: a list with one object to be recorded, or nothing.
  func value(_ name: String) -> JSONValue? {
    note(name)
    return lists[name].map { .array([.object(JSONObject(recorder: $0))]) }
  }
}
