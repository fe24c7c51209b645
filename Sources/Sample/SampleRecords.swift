/// The records of the example installation: a coffee roaster's users, segments, e-mails, campaigns and the rest.
///
/// The JSON is a list in the order of creation, of objects with `kind` (the path of the API without `/api`), `body`
/// (of the creation), and where it applies `child` (the record that this is a version of) and `upload` (a document that
/// the body's `file` becomes). In texts, `[[KIND/NAME]]` is the id of a record above, and `[[day:N]]` noon N days from
/// now. An object with `letter` (a title and paragraphs) and `links` (pairs of text and address) is the HTML of an e-mail.
package enum SampleRecords {
  /// The list as JSON in UTF-8.
  package static var json: [UInt8] { PackageResources.records_json }
}
