package import Contacts

/// The events of imports in contact histories.
package enum ImportTimeline {
  /// The rows of imports that created or changed the contact (CON-100, `lead.imported`). The time
  /// is the start of the import; if its record is gone, the creation of the contact.
  package static var source: TimelineSource {
    TimelineSource(
      .imported,
      from: """
        (SELECT l.contact_id, l.import_id, l.row_number, l.action, i.original_file,
            coalesce(i.date_started, i.date_added,
              (SELECT c.date_added FROM contacts c WHERE c.id = l.contact_id)) AS at
          FROM import_log l LEFT JOIN imports i ON i.id = l.import_id)
        """,
      key: ["e.import_id", "e.row_number"], instant: "e.at",
      label: """
        coalesce(e.original_file, 'Import ' || e.import_id) || ', row ' || e.row_number
          || CASE e.action WHEN 1 THEN ': inserted' ELSE ': updated' END
        """,
      details: """
        jsonb_build_object('importId', e.import_id, 'file', e.original_file, 'row', e.row_number,
          'action', CASE e.action WHEN 1 THEN 'inserted' ELSE 'updated' END)
        """)
  }
}
