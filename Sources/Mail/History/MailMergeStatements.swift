package import Contacts
import Postgres

extension MergeTable {
  /// The tables of mail that a merge moves. If both contacts have received a marketing e-mail, both sends stay as
  /// history and the winner's counts; if neither has yet, it is sent once (email.md 17).
  package static let mail: [MergeTable] = [
    MergeTable("email_sends") { pairs in
      """
      WITH pair AS (\(sql: pairs)), moved AS (
        SELECT t.id, pair.winner, t.counts_once AND EXISTS (SELECT FROM email_sends w
          WHERE w.contact_id = pair.winner AND w.family_id = t.family_id AND w.counts_once) AS is_twin
        FROM pair JOIN email_sends t ON t.contact_id = pair.loser
      )
      UPDATE email_sends t SET contact_id = moved.winner,
        counts_once = t.counts_once AND NOT moved.is_twin,
        state = CASE WHEN moved.is_twin AND t.state IN (\(sql: SendState.unclaimedList)) THEN \(literal: SendState.skipped) ELSE t.state END,
        note = CASE WHEN moved.is_twin AND t.state IN (\(sql: SendState.unclaimedList)) THEN 'the contacts were merged'
          ELSE t.note END
      FROM moved WHERE t.id = moved.id
      """
    },
    MergeTable("message_queue"), MergeTable("email_opens"), MergeTable("link_hits"),
    MergeTable("email_replies"), MergeTable("email_bounces"),
  ]
}
