import Foundation
import Postgres
import Users

/// The statements of editing e-mails.
enum EmailStatements {
  /// Inserts an e-mail; returns its id.
  static func insert(_ values: EmailValues, by author: Author, now: Date) -> SQL {
    """
    INSERT INTO emails (name, subject, date_added, created_by, created_by_user)
    VALUES (\(values.name), \(values.subject), \(now), \(author.id)::bigint,
      \(author.name)::text) RETURNING id
    """
  }

  /// Increments the revision.
  static func touch(_ id: Int64, by author: Author, now: Date) -> SQL {
    """
    UPDATE emails SET revision = revision + 1, date_modified = \(now),
      modified_by = \(author.id)::bigint, modified_by_user = \(author.name)::text
    WHERE id = \(id)
    """
  }

  /// Gives the sends of variants and translations families of their own (EML-120).
  static func separateSends(of email: Email) -> SQL {
    """
    UPDATE email_sends SET family_id = email_id
    WHERE email_id = ANY (\(email.variants + email.translations))
    """
  }

  /// Makes the variants of an e-mail independent.
  static func releaseVariants(of id: Int64) -> SQL {
    """
    UPDATE emails SET variant_parent_id = NULL, variant_weight = NULL
    WHERE variant_parent_id = \(id)
    """
  }

  /// Makes the translations of an e-mail independent.
  static func releaseTranslations(of id: Int64) -> SQL {
    "UPDATE emails SET translation_parent_id = NULL WHERE translation_parent_id = \(id)"
  }

  /// Deletes the paused sends of an e-mail.
  static func deletePausedSends(of id: Int64) -> SQL {
    "DELETE FROM email_paused WHERE email_id = \(id)"
  }

  /// Deletes the paused runs of an e-mail.
  static func deletePausedRuns(of id: Int64) -> SQL {
    "DELETE FROM email_paused_runs WHERE email_id = \(id)"
  }

  /// Deletes an e-mail.
  static func delete(_ id: Int64) -> SQL {
    "DELETE FROM emails WHERE id = \(id)"
  }

  /// Reads whether an e-mail was sent.
  static func anySend(of old: Email) -> SQL {
    "SELECT FROM email_sends WHERE email_id = \(old.id) LIMIT 1"
  }

  /// Locks the family of an e-mail, in the order of ids; returns ids and parents.
  static func lockFamily(of id: Int64) -> SQL {
    """
    SELECT id, coalesce(variant_parent_id, id) AS parent FROM emails WHERE family_id =
      (SELECT family_id FROM emails WHERE id = \(id)) ORDER BY id FOR NO KEY UPDATE
    """
  }

  /// Unpublishes the variants of an e-mail; returns their ids.
  static func unpublishVariants(of parent: Int64, now: Date) -> SQL {
    """
    UPDATE emails SET is_published = false, revision = revision + 1, date_modified = \(now)
    WHERE variant_parent_id = \(parent) RETURNING id
    """
  }

  /// Copies the content of a variant to its parent.
  static func copyContent(from id: Int64, to parent: Int64, by author: Author, now: Date) -> SQL {
    """
    UPDATE emails p SET subject = w.subject, preheader = w.preheader, html = w.html,
      plain_text = w.plain_text, from_name = w.from_name, from_address = w.from_address,
      reply_to = w.reply_to, dynamic_content = w.dynamic_content, revision = p.revision + 1,
      date_modified = \(now), modified_by = \(author.id)::bigint,
      modified_by_user = \(author.name)::text
    FROM emails w WHERE p.id = \(parent) AND w.id = \(id)
    """
  }
}
