"""What problems say in Bokmål and Nynorsk.

Their English stands in their classes (``title`` and ``detail``), and counts where there
is no other: texts for who operates or builds something are in English alone. A detail
is found by the code of the class that states it, and has the same named values in each
language. Words of ours among values, in issues and in typed members are phrases; what
serializers say of single members is recognised by its sentence.
"""

from api.problem_texts.members import sentence_of
from api.problem_texts.translation import detail_in, details_of, said_in, title_in

__all__ = ["detail_in", "details_of", "said_in", "sentence_of", "title_in"]
