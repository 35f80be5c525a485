"""From lots that wait to rounds that fetch them: the planner's problem, and its answer in words.

`brief.build_brief` turns candidate lots, vehicles and days into a routing problem; `interpretation.answer_of`
turns the solver's plan back into rounds with times, costs and reasons. The search itself is
`collection.rules.routing`.
"""
