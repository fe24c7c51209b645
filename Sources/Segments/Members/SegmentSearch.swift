import Fields
import Postgres
package import Query

/// Search commands for contacts that refer to segments (contacts.md 11.3).
package enum SegmentSearch {
  /// The commands by name.
  package static let commands: [String: SearchCommand] = [
    "segment": { text, _ in .ids(members(of: text.value)) },
    "common": { text, _ in
      let aliases = common(text.value)
      return aliases.isEmpty ? .nothing : .all(aliases.map { .ids(members(of: $0)) })
    },
  ]

  /// The active members of a segment.
  private static func members(of alias: String) -> SQL {
    """
    SELECT contact_id FROM segment_members
    WHERE \(sql: SegmentMember.isMember("segment_members"))
      AND segment_id = ANY (segments_called(\(IdentityKey.of(alias))))
    """
  }

  /// Returns the aliases in `a+b`, which finds the contacts in all of these segments.
  static func common(_ text: String) -> [String] {
    Set(text.split(separator: "+").map { $0.trimmingBlanks() }).subtracting([""]).sorted()
  }
}
