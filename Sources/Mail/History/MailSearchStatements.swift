import Postgres
package import Query
import Segments

/// The commands of the contact search that concern e-mails (contacts.md 11.3); the value is the e-mail's id.
package enum MailSearch {
  /// The commands by name.
  package static let commands: [String: SearchCommand] = [
    "email_sent": { text, _ in .ids(sends(text, "s.state IN (\(sql: SendState.deliveredList))")) },
    "email_read": { text, _ in .ids(sends(text, "s.is_read")) },
    "email_queued": { text, _ in
      .ids(
        sends(
          text,
          "s.state IN (\(literal: SendState.queued), \(literal: SendState.held), \(literal: SendState.sending))"
        ))
    },
    // The pending recipients: members of its segments who have not received it (EML-130).
    "email_pending": { text, _ in
      .ids(
        """
        SELECT m.contact_id FROM email_segments l
        JOIN emails e ON e.id = l.email_id
        JOIN segment_members m ON m.segment_id = l.segment_id AND \(sql: SegmentMember.isMember("m"))
        WHERE l.email_id = ANY (\(text.numbers)) AND NOT l.is_excluded
          AND NOT EXISTS (SELECT FROM email_sends s WHERE s.family_id = e.family_id
            AND s.contact_id = m.contact_id AND s.counts_once)
          AND NOT EXISTS (SELECT FROM do_not_contact d
            WHERE d.contact_id = m.contact_id AND d.channel = 'email')
          AND NOT EXISTS (SELECT FROM email_segments x JOIN segment_members y
            ON y.segment_id = x.segment_id AND \(sql: SegmentMember.isMember("y"))
            WHERE x.email_id = l.email_id AND x.is_excluded AND y.contact_id = m.contact_id)
        """)
    },
  ]

  private static func sends(_ text: SearchText, _ condition: SQL) -> SQL {
    """
    SELECT s.contact_id FROM email_sends s WHERE s.email_id = ANY (\(text.numbers))
      AND s.contact_id IS NOT NULL AND \(sql: condition)
    """
  }
}
