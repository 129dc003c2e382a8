"""What each measure is called, in what unit it is counted, and what it means in one line."""

from dataclasses import dataclass, replace

from townsquare.protocols.debate import ARMS, CONTROL


@dataclass(frozen=True, slots=True)
class Label:
    """A measure in words."""

    label: str
    unit: str
    """Empty for a plain number."""
    meaning: str
    """One line."""
    ours: bool = False
    """Defined by townsquare, or differently from the published code."""


def label_of(measure: str) -> Label:
    """The label of a measure; one that is not listed speaks for itself."""
    for prefix, label in _BY_DETECTOR.items():
        if measure.startswith(prefix):
            name = measure.removeprefix(prefix).replace("_", "-")
            return replace(label, label=f"{label.label}, {name}", meaning=label.meaning.format(name))
    if measure.endswith("@end"):
        of = label_of(measure.removesuffix("@end"))
        return replace(of, label=f"{of.label}, last tick")
    name, _, group = measure.partition("/")
    if group and name in LABELS:
        return replace(LABELS[name], label=f"{LABELS[name].label}, {group}")
    unknown = Label(measure.replace("_", " "), "", "A measure of this run that has no definition here.", ours=True)
    return LABELS.get(measure, unknown)


_BY_DETECTOR = {
    "noticed_": Label("Shills flagged", "share, 0 to 1", "Share of the shills that have rated whom {} flagged.", True),
    "mistaken_": Label("Customers flagged", "share, 0 to 1", "Share of the customers whom {} flagged.", True),
}


_GINI = "Gini, 0 = even, 1 = one takes all"
_QUALITY = "ln(1 + likes)"
_DEEDS = (("exposure", "shown", "exposures"), ("click", "clicked", "clicks"), ("like", "liked", "likes"))


def _families() -> dict[str, Label]:
    """Measures that exist once each for exposures, clicks and likes."""
    made = {}
    for deed, done, deeds in _DEEDS:
        for over in ("articles", "creators"):
            made[f"{deed}_gini_{over}"] = Label(
                f"{deeds.capitalize()} over {over}",
                _GINI,
                f"How unevenly the {deeds} that articles in circulation have gathered are spread over {over}.",
            )
        made[f"corr_quality_{deed}"] = Label(
            f"Quality and {deeds}",
            "Pearson correlation",
            f"Correlation, over articles in circulation, of quality with the {deeds} gathered.",
        )
        made[f"jaccard_{deed}"] = Label(
            f"Overlap of articles {done}",
            "Jaccard, 0 to 1",
            f"Articles in circulation {done} to or by both of two users over those of either; mean over a sample.",
        )
        made[f"topic_shift_{deed}"] = Label(
            f"Topic shift, {done}",
            "latent distance",
            f"How far a user's mean article {done} moved since the last tick.",
        )
        made[f"similarity_in_list_{deed}"] = Label(
            f"Sameness of articles {done}",
            "norm of mean unit vector, 0 to 1",
            f"How alike one user's articles {done} in a tick are; 1 = all point one way.",
        )
        made[f"cosine_{deed}"] = Label(
            f"{deed.capitalize()} cosine", "cosine, −1 to 1", f"Mean cosine between a user and the articles {done}."
        )
    return made


def _per_reader() -> dict[str, Label]:
    """Measures that a comparison of two runs takes per user, over all ticks compared."""
    made = {
        "likes_per_click": Label("Likes per click", "share, 0 to 1", "Share of a user's clicks that became likes."),
        "rank_of_clicks": Label("Rank of clicks", "places", "Mean place in the list, from 0, of what a user clicked."),
        "utility_of_clicks": Label("Utility of clicks", "utility", "Mean utility of what a user clicked."),
        "creators_read": Label("Creators read", "creators", "How many creators a user clicked anything of."),
    }
    for deeds, done in (("likes", "liked"), ("clicks", "clicked"), ("shown", "shown")):
        meaning = f"Mean quality of the articles a user {'was' if done == 'shown' else 'has'} {done}."
        made[f"quality_of_{deeds}"] = Label(f"Quality {done}, per user", _QUALITY, meaning)
    for source in ("match", "fill", "cold_start", "hot", "promoted", "first", "followed", "first audience"):
        words = source.replace("_", " ")
        made[f"shown_from_{source}"] = Label(
            f"Shown from {words}",
            "share, 0 to 1",
            f"Share of what a user was shown that came from the source “{words}”.",
        )
    return {name: replace(label, ours=True) for name, label in made.items()}


def _shop() -> dict[str, Label]:
    """Measures of a shop."""
    without = ", had the recommender learnt from customers alone"
    exposed = "Share of visitors who had not rated a target and were shown one"
    thought = "Mean of what visitors truly think of what they were shown"
    made = {
        "target_exposure": Label("Targets shown", "share, 0 to 1", f"{exposed}."),
        "target_exposure_without": Label("Targets shown, without shills", "share, 0 to 1", f"{exposed}{without}."),
        "target_rating": Label("Rating of the targets", "ratings", "Mean rating that the shop prints beside targets."),
        "target_count": Label("Ratings of the targets", "ratings there", "How many ratings a target has; mean."),
        "opinion_shown": Label("Opinion of what is shown", "ratings", f"{thought}."),
        "opinion_shown_without": Label("Opinion of it, without shills", "ratings", f"{thought}{without}."),
        "rating_given": Label("Rating given", "ratings", "Mean rating that customers gave."),
        "ratings_per_user": Label("Ratings per customer", "ratings a tick", "Ratings a customer gave per tick."),
        "rating_of_taken": Label("Rating by a customer", "ratings", "Mean rating that a customer gave."),
        "removed_of_shills": Label("Reviews of shills removed", "share, 0 to 1", "Share of shills' reviews removed."),
        "removed_of_customers": Label(
            "Reviews of customers removed", "share, 0 to 1", "Share of customers' reviews removed."
        ),
        "shill_ratings": Label("Ratings by shills", "ratings a tick", "Ratings that shills gave in this tick."),
        "ratings_refused": Label("Ratings refused", "ratings a tick", "Ratings that the shop did not take."),
        "trust_shills": Label("Weight of shills", "share, 0 to 1", "How much shills count in a fit; mean."),
        "trust_customers": Label("Weight of customers", "share, 0 to 1", "How much customers count in a fit; mean."),
        "customers_lost": Label("Customers lost", "share, 0 to 1", "Share of customers that count less than half."),
    }
    return {name: replace(label, ours=True) for name, label in made.items()}


def _threads() -> dict[str, Label]:
    """Measures of harmful posts and of what is said against them."""
    each = "per harmful post"
    made = {
        "harmful_posts": Label("Harmful posts", "posts", "Harmful posts so far, those of bots left out."),
        "bystander_replies": Label("Bystander replies", each, "Answers by other members to a harmful post; mean."),
        "counterspeech_share": Label(
            "Counterspeech among them", "share, 0 to 1", "Share of the answers of bystanders that object."
        ),
        "bot_replies": Label("Bot replies", each, "Answers by bots to a harmful post; mean."),
        "likes_on_hate": Label("Likes on harmful posts", "likes a post", "Likes that a harmful post has got; mean."),
        "likes_on_counterspeech": Label(
            "Likes on counterspeech", "likes a post", "Likes that a member's objection has got; mean."
        ),
        "hate_recurrence": Label(
            "Harm again", "share, 0 to 1", "Share of the authors of harmful posts who posted another in a later tick."
        ),
        "norm": Label(
            "Perceived norm", "1 to 7", "How far what a member is shown says that harm is objected to; mean."
        ),
        "replies_withheld": Label("Replies withheld", "replies a tick", "Replies that the bots' own guard kept back."),
        "reply_repeats": Label(
            "Repetition in bot replies", "share, 0 to 1", "Share of runs of five words that come up more than once."
        ),
        "replies_constant": Label("One reply over and over", "1 yes, 0 no", "Whether bots say one and the same thing."),
        **{
            f"survey_{name}": Label(words, "1 to 7", f"Mean answer of members to a questionnaire's question {name}.")
            for name, words in (
                ("norm", "Norm, asked"),
                ("credible", "Bot credible, asked"),
                ("persuasive", "Bot persuasive, asked"),
            )
        },
    }
    return {name: replace(label, ours=True) for name, label in made.items()}


def _timeline() -> dict[str, Label]:
    """Measures of a timeline with persuaders, and what a comparison takes per member of it."""
    share, scale = "share, 0 to 1", "of the scale from 0 to 1"
    towards = "above 0 towards the persuaders' goal"
    made = {
        "opinion_mean": Label("Mean opinion", scale, "Mean opinion of all members."),
        "opinion_variance": Label("Variance of opinions", "variance, at most .25", "Spread of members' opinions."),
        "opinion_move": Label("Moved so far", scale, f"How far members moved since the start; mean, {towards}."),
        "move_by_persuaders": Label("Moved by persuaders", scale, f"By persuaders' posts, per member; {towards}."),
        "move_by_members": Label("Moved by members", scale, f"By other members' posts, per member; {towards}."),
        "members_moved": Label("Members moved", share, "Members whose opinion changed in this tick."),
        "reached": Label("Reached", share, "Members that were shown a persuader's post in this tick."),
        "shown_persuaders": Label("Shown of persuaders", share, "Share of what is shown that is a persuader's."),
        "read_persuaders": Label("Read of persuaders", share, "Share of what is read that is a persuader's."),
        "liked_persuaders": Label("Liked of persuaders", share, "Share of what is liked that is a persuader's."),
        "shown_across": Label(
            "Shown across", share, "Share of what is shown that leans the other way than the member."
        ),
        "shown_distance": Label("Distance of what is shown", scale, "Mean distance from the member's opinion."),
        "reads_per_member": Label("Reads per member", "reads a tick", "Posts that a member read."),
        "likes_per_member": Label("Likes per member", "likes a tick", "Posts that a member liked."),
        "posts_new": Label("New posts", "posts a tick", "Posts and answers by members and persuaders."),
        "opinion_at_end": Label("Opinion at the end", scale, "What a member thinks after the last tick compared."),
        "opinion_moved": Label("Opinion moved", scale, "How far a member went, up less down, over the ticks compared."),
        "opinion_travelled": Label("Opinion travelled", scale, "How far a member went, up and down added up."),
    }
    return {name: replace(label, ours=True) for name, label in made.items()}


def _moderated() -> dict[str, Label]:
    """Measures of a moderated timeline, and what a comparison takes per member of it."""
    share, harm = "share, 0 to 1", "of what is shown that breaks the rules"
    new = "of the new posts of the tick"
    made = {
        "harm_shown": Label("Harm shown", share, f"Share {harm}."),
        "harm_shown_policy": Label(
            "Harm shown, readers with a policy", share, f"Share {harm}, to those with a policy."
        ),
        "harm_shown_others": Label("Harm shown, other readers", share, f"Share {harm}, to those without a policy."),
        "harm_read": Label("Harm read", share, "Share of what is read that breaks the rules."),
        "unwanted_shown": Label("Unwanted shown", share, "Share of what readers with a policy see that they block."),
        "flagged_precision": Label(
            "Precision of moderation", share, "Share of what was acted on that broke the rules."
        ),
        "flagged_recall": Label("Recall of moderation", share, f"Share of those that break the rules, {new}."),
        "flagged_fpr": Label(
            "False-positive rate", share, f"Share of those that do not, {new}, acted on all the same."
        ),
        "abstained": Label("Abstained", share, f"Share {new} about which the moderator said nothing."),
        "evaded": Label("Evaded", share, "Share of harmful posts in disguise that passed."),
        "posts_benign": Label("Posts of benign authors", "posts a tick", "Per benign author."),
        "posts_harmful": Label("Posts of the others", "posts a tick", "Per author up to what breaks the rules."),
        "rate_benign": Label("Benign authors' pace", share, "How often they post, as a share of how often they did."),
        "reviewed": Label("Reviewed", "posts a tick", "Held posts and appeals that the simulated reviewer decided."),
        "review_waiting": Label("Waiting for review", "posts", "Held posts and appeals that wait after the tick."),
        "appeals_made": Label("Appeals", "appeals a tick", "Authors who do not take a verdict."),
        "appeals_granted": Label("Appeals granted", share, "Share of the appeals decided in the tick."),
        "suspended": Label("Suspended", share, "Share of the members who may not post."),
        "harm_of_shown": Label(
            "Harm shown, per member", share, "Share of what a member was shown that breaks the rules."
        ),
        "harm_of_read": Label("Harm read, per member", share, "Share of what a member read that breaks the rules."),
        "unwanted_of_shown": Label("Unwanted, per member", share, "Share of what a member saw that its policy blocks."),
        "posts_per_author": Label("Posts per author", "posts a tick", "Posts of a member, answers left out."),
        "filter_closer": Label("Looked at closely", share, "Share of posts for which readers' filters did more."),
    }
    return {name: replace(label, ours=True) for name, label in made.items()}


def _debates() -> dict[str, Label]:
    """Measures of a debate trial, an arm each, and what a comparison takes per person of it."""
    points, share = "points of 1 to 5", "share, 0 to 1"
    made = {
        "people_left_out": Label("People left out", "people", "Counted people without an opinion before and after."),
        "statements_missing": Label(
            "Statements missing", "statements", "Statements of the tick that were not written."
        ),
        "no_answers": Label("No answers", "answers", "Those asked in the tick whose mind gave no valid answer."),
        "refused": Label("Refused", "answers", "What was answered in the tick and could not be taken."),
        "agreed_before": Label("Agreement before", points, "With the opponent's side, before the debate."),
        "agreed_after": Label("Agreement after", points, "With the opponent's side, after the debate."),
        "moved_to_opponent": Label("Moved towards the opponent", points, "After less before, on the opponent's side."),
        "took_for_ai": Label("Took the opponent for an AI", share, "1 for those who did."),
    }
    for arm in (*ARMS, CONTROL):
        key = arm.replace("-", "_")
        made |= {
            f"people_{key}": Label(f"People, {arm}", "people", "Those who rated; at the end before and after."),
            f"before_{key}": Label(f"Before, {arm}", points, "Mean agreement with the opponent's side at first."),
            f"after_{key}": Label(f"After, {arm}", points, "Mean agreement with the opponent's side at the end."),
            f"shift_{key}": Label(f"Shift, {arm}", points, "Mean of after less before: above 0 is being persuaded."),
            f"changed_{key}": Label(f"Changed, {arm}", share, "Share of people who think otherwise than before."),
            f"believed_ai_{key}": Label(f"Took for an AI, {arm}", share, "Of those who said what they took it for."),
            f"human_{key}": Label(f"People who start so, {arm}", points, "Their mean shift by the published model."),
            f"human_low_{key}": Label(f"Lower end of it, {arm}", points, "Of the 95 % range."),
            f"human_high_{key}": Label(f"Upper end of it, {arm}", points, "Of the 95 % range."),
            f"words_people_{key}": Label(f"Words, people, {arm}", "words a statement", "Mean length so far."),
            f"words_opponents_{key}": Label(f"Words, AI, {arm}", "words a statement", "Mean length so far."),
        }
    return {name: replace(label, ours=True) for name, label in made.items()}


def _network() -> dict[str, Label]:
    """Measures of opinions on a network."""
    made = {
        "opinion_groups": Label("Groups of opinion", "groups", "Groups of opinions that no gap above .02 divides."),
        "opinion_groups_5": Label("Groups of five or more", "groups", "Those of them that hold five nodes or more."),
        "opinion_extreme": Label("Extreme opinions", "share, 0 to 1", "Share of the nodes below .1 or above .9."),
        "opinion_no_change": Label(
            "Error of no change", "squared", "Mean squared change of the tick: the error of who says nobody moves."
        ),
    }
    made["opinion_shift"] = Label("Shift of opinion", "opinion", "Mean absolute change of opinion in the tick.")
    made["nodes_moved"] = Label("Nodes moved", "share, 0 to 1", "Share of the nodes whose opinion changed.")
    panel = "those whom a mind decides for"
    made |= {
        "panel_mean": Label("Mean opinion, panel", "0 against, 1 for", f"Mean opinion of {panel}."),
        "panel_variance": Label("Variance of opinions, panel", "variance, at most .25", f"Spread among {panel}."),
        "panel_moved": Label("Panel moved", "share, 0 to 1", f"Share of {panel} whose opinion changed."),
        "panel_shift": Label("Shift of opinion, panel", "opinion", f"Mean absolute change of opinion of {panel}."),
    }
    return {name: replace(label, ours=True) for name, label in made.items()}


LABELS: dict[str, Label] = {
    "likes_per_user": Label(
        "Likes per user", "likes a tick", "Likes given in this tick, divided by the number of users.", ours=True
    ),
    "likes_per_user_window": Label(
        "Likes in circulation per user",
        "likes",
        "Likes that the articles in circulation have gathered, per user, as the published code counts.",
    ),
    "clicks_per_user": Label(
        "Clicks per user", "clicks a tick", "Clicks made in this tick, divided by the number of users.", ours=True
    ),
    "likes_gini_users": Label(
        "Likes over users", _GINI, "How unevenly the likes of this tick are spread over the users who give them."
    ),
    "like_quality_part": Label(
        "Quality part of a like", "utility", "Part of a liked article's utility that comes from its quality; mean."
    ),
    "like_match_part": Label(
        "Match part of a like", "utility", "Part of a liked article's utility that comes from how it matches; mean."
    ),
    "likes_per_creator": Label(
        "Likes per creator", "likes", "Likes that the articles in circulation have gathered, per creator."
    ),
    "likes_per_article": Label("Likes per article", "likes", "Likes gathered by an article in circulation; mean."),
    "quality_created": Label(
        "Quality created", _QUALITY, "Mean quality of the articles published in this tick.", ours=True
    ),
    "quality_window": Label("Quality in circulation", _QUALITY, "Mean quality of all articles in circulation."),
    "quality_window_gini": Label(
        "Quality over articles", _GINI, "How unevenly quality is spread over the articles in circulation."
    ),
    "quality_exposed": Label(
        "Quality shown", _QUALITY, "Mean quality of articles in circulation, each counted as often as it was shown."
    ),
    "quality_clicked": Label(
        "Quality clicked", _QUALITY, "Mean quality of articles in circulation, each counted as often as it was clicked."
    ),
    "quality_liked": Label(
        "Quality liked", _QUALITY, "Mean quality of articles in circulation, each counted as often as it was liked."
    ),
    "users_in_training": Label(
        "Users in training", "share, 0 to 1", "Users with at least one like in the training window."
    ),
    "articles_in_training": Label(
        "Articles in training", "share, 0 to 1", "Articles of earlier ticks in circulation with at least one like."
    ),
    "match_mrr@5": Label(
        "Recommender accuracy",
        "MRR@5",
        "Reciprocal rank of the first article then liked among the first five matched places; mean.",
        ours=True,
    ),
    "interest_shift": Label("Interest shift", "latent distance", "How far a user moved in this tick; mean."),
    "spread_in_loop": Label(
        "Spread in the loop",
        "RMS latent distance",
        "Distance to their centre of the users with a like in the training window.",
        ours=True,
    ),
    "spread_out_loop": Label(
        "Spread out of the loop",
        "RMS latent distance",
        "Distance to their centre of the users with no like in the training window.",
        ours=True,
    ),
    "loop_distance": Label(
        "In loop to out of loop", "latent distance", "Distance between the centres of the two groups.", ours=True
    ),
    "false_shown": Label(
        "False articles shown", "share, 0 to 1", "Share of exposures that fall on articles that are false.", ours=True
    ),
    "false_clicked": Label(
        "False articles clicked", "share, 0 to 1", "Share of clicks that fall on articles that are false.", ours=True
    ),
    "disputes_per_user": Label(
        "Disputes per user", "disputes a tick", "Articles disputed in this tick, divided by the users.", ours=True
    ),
    "removed_articles": Label("Articles removed", "articles", "Articles removed by moderators so far.", ours=True),
    "removal_precision": Label(
        "Precision of removal", "share, 0 to 1", "Share of the articles removed so far that are false.", ours=True
    ),
    "removal_recall": Label(
        "Recall of removal",
        "share, 0 to 1",
        "Share of the false articles in circulation when the tick began that are removed.",
        ours=True,
    ),
    **_families(),
    **_per_reader(),
    **_shop(),
    **_network(),
    **_moderated(),
    **_debates(),
    **_timeline(),
    **_threads(),
}
"""Every measure of the built-in scenarios, and those that a comparison takes per user."""
