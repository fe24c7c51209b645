/// Links of what web pages show.
package enum PageLinks {
  /// Returns a web address with the parameters that tell its site where visitors come from.
  package static func tagged(_ url: String, _ utm: UTMValues) -> String {
    LinkForm.adding(utm.pairs, to: url)
  }
}
