import JobQueue

/// Does what follows from a submission.
struct FollowSubmission: DurableJob {
  static let name = "forms.follow"
  static let queue = FormJobs.queue

  var submission: Int64
}
