import Foundation
import Postgres
import Users

extension CompanyLinks {
  /// The statements about the companies of contacts.
  enum Statements {
    /// Adds contacts to companies that are new to them and makes the first of these the primary
    /// one; returns the contacts.
    static func assign(_ contacts: [Int64], to companies: [Int64], several: Bool, now: Date) -> SQL
    {
      """
      WITH new AS MATERIALIZED (
        SELECT contact, company, min(place) AS place
        FROM unnest(\(contacts)::bigint[]) AS contact
        CROSS JOIN unnest(\(companies)::bigint[]) WITH ORDINALITY AS wanted (company, place)
        WHERE NOT EXISTS (SELECT FROM contact_companies l
          WHERE l.contact_id = contact AND l.company_id = company)
        GROUP BY contact, company
      ), heads AS MATERIALIZED (
        SELECT DISTINCT ON (contact) contact, company FROM new ORDER BY contact, place
      ), replaced AS (
        DELETE FROM contact_companies l USING heads h
        WHERE NOT \(several)::boolean AND l.contact_id = h.contact
      ), demoted AS (
        UPDATE contact_companies l SET is_primary = false FROM heads h
        WHERE \(several)::boolean AND l.contact_id = h.contact AND l.is_primary
      ), inserted AS (
        INSERT INTO contact_companies (contact_id, company_id, is_primary, date_added)
        SELECT n.contact, n.company, n.company = h.company, \(now)::timestamptz
        FROM new n JOIN heads h USING (contact)
        WHERE \(several)::boolean OR n.company = h.company
      )
      SELECT contact FROM heads ORDER BY contact
      """
    }

    /// Removes contacts from companies; returns the contacts, and whether each lost its primary
    /// company.
    static func remove(_ contacts: [Int64], from companies: [Int64]) -> SQL {
      """
      WITH gone AS (
        DELETE FROM contact_companies
        WHERE contact_id = ANY (\(contacts)) AND company_id = ANY (\(companies))
        RETURNING contact_id, is_primary
      )
      SELECT contact_id, bool_or(is_primary) FROM gone GROUP BY 1 ORDER BY 1
      """
    }

    /// Removes a contact from all companies but the given ones.
    static func removeOthers(_ contact: Int64, than companies: [Int64]) -> SQL {
      """
      WITH gone AS (
        DELETE FROM contact_companies
        WHERE contact_id = \(contact) AND NOT company_id = ANY (\(companies)::bigint[])
        RETURNING contact_id, is_primary
      )
      SELECT contact_id, bool_or(is_primary) FROM gone GROUP BY 1
      """
    }

    /// Makes a company the primary one of contacts; returns those that had another or none.
    static func setPrimary(_ contacts: [Int64], to company: Int64, several: Bool, now: Date) -> SQL
    {
      """
      WITH meant AS MATERIALIZED (
        SELECT DISTINCT contact FROM unnest(\(contacts)::bigint[]) AS contact
        WHERE NOT EXISTS (SELECT FROM contact_companies l
          WHERE l.contact_id = contact AND l.company_id = \(company)::bigint AND l.is_primary)
      ), replaced AS (
        DELETE FROM contact_companies l USING meant m
        WHERE NOT \(several)::boolean AND l.contact_id = m.contact
          AND l.company_id <> \(company)::bigint
      ), demoted AS (
        UPDATE contact_companies l SET is_primary = false FROM meant m
        WHERE \(several)::boolean AND l.contact_id = m.contact AND l.is_primary
      ), written AS (
        INSERT INTO contact_companies (contact_id, company_id, is_primary, date_added)
        SELECT contact, \(company)::bigint, true, \(now)::timestamptz FROM meant ORDER BY contact
        ON CONFLICT (contact_id, company_id) DO UPDATE SET is_primary = true
      )
      SELECT contact FROM meant ORDER BY contact
      """
    }

    /// Removes contacts from their primary companies.
    static func removePrimary(_ contacts: [Int64]) -> SQL {
      """
      DELETE FROM contact_companies WHERE contact_id = ANY (\(contacts)) AND is_primary
      RETURNING contact_id, true
      """
    }

    /// Locks the rows of companies in share mode until the transaction ends.
    static func share(_ companies: [Int64]) -> SQL {
      """
      SELECT id FROM companies WHERE id = ANY (\(companies)) ORDER BY id FOR SHARE
      """
    }

    /// Makes the company that was added last the primary one of contacts without a primary company.
    static func promoteLatest(of contacts: [Int64]) -> SQL {
      """
      UPDATE contact_companies l SET is_primary = true
      FROM (
        SELECT DISTINCT ON (contact_id) contact_id, company_id FROM contact_companies
        WHERE contact_id = ANY (\(contacts))
        ORDER BY contact_id, date_added DESC, company_id DESC
      ) AS latest
      WHERE l.contact_id = latest.contact_id AND l.company_id = latest.company_id
      """
    }

    /// Locks the rows of contacts' primary companies in share mode, since they may be about to be
    /// renamed.
    static func sharePrimary(of contacts: [Int64]) -> SQL {
      """
      SELECT FROM companies WHERE id IN (
        SELECT company_id FROM contact_companies WHERE contact_id = ANY (\(contacts)) AND is_primary)
      ORDER BY id FOR SHARE
      """
    }

    /// Writes the name of the primary company into the field `company` if it differs; returns the
    /// field before and after, and whether the contact became known.
    static func mirror(_ contacts: [Int64], now: Date) -> SQL {
      """
      WITH meant AS MATERIALIZED (
        SELECT c.id, c.company AS before, p.companyname AS after,
          c.date_identified IS NULL AND p.companyname IS NOT NULL AS identified
        FROM contacts c
        LEFT JOIN contact_companies l ON l.contact_id = c.id AND l.is_primary
        LEFT JOIN companies p ON p.id = l.company_id
        WHERE c.id = ANY (\(contacts))
      ), written AS (
        UPDATE contacts c SET company = m.after,
          date_identified = CASE WHEN m.identified THEN \(now)::timestamptz ELSE c.date_identified END
        FROM meant m
        WHERE c.id = m.id AND (m.before IS DISTINCT FROM m.after OR m.identified)
      )
      SELECT id, before, after, identified FROM meant
      """
    }

    /// Records who changed contacts.
    static func markModified(_ contacts: [Int64], by author: Author, now: Date) -> SQL {
      """
      UPDATE contacts SET date_modified = \(now)::timestamptz, modified_by = \(author.id)::bigint,
        modified_by_user = \(author.name)::text
      WHERE id = ANY (\(contacts))
      """
    }
  }
}
