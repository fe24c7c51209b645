/// How long a bucket is waited for.
package struct ObjectPatience: Sendable {
  /// The longest time of a question, and of a range of 1 MiB.
  package var answer: Duration
  /// The longest time of a part that is sent.
  package var upload: Duration
  /// The number of attempts at a request, which share twice the longest time.
  package var attempts: Int

  /// Creates limits, by default those of the product.
  package init(
    answer: Duration = .seconds(10), upload: Duration = .seconds(60), attempts: Int = 4
  ) {
    self.answer = answer
    self.upload = upload
    self.attempts = attempts
  }
}
